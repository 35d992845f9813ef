import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { runHiccups } from './outages/hiccups.ts'
import { runRounds } from './outages/rounds.ts'
import { MANNERS, type Manner } from './outages/shop.ts'
import { anyDatabase } from './postgres.ts'
import { seedFrom } from './random.ts'
import { endWith, machine, percentiles, say, sayCounts } from './report.ts'

/**
 * No sale is lost to an outage: `node test/stress/outages.ts --database postgres --rounds 200`. The use cases are embedded in
 * a process, and served over HTTP, each on a database and with a gateway of its own. First everything goes wrong once that can
 * between a claim and its conclusion; then there are random outages under load, of both at once. Ends with 1 if a payment
 * was not taken once, or too late, or if an audit finds something broken.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string', default: '200' },
    customers: { type: 'string', default: '5' },
    seed: { type: 'string' },
  },
})
const seed = seedFrom(values.seed)
const rounds = Number(values.rounds)
say(`outages: ${values.database}, ${rounds} rounds, ${values.customers} customers, seed ${seed}`)
say(machine())

/** Each manner and each part has a database of its own, since each has a gateway of its own. */
const databases: Awaited<ReturnType<typeof anyDatabase>>[] = []
if (values.database === 'postgres') {
  for (const _ of [...MANNERS, ...MANNERS]) databases.push(await anyDatabase())
}
const places = databases.values()
const where = (manner: Manner) => ({ manner, postgresUrl: places.next().value?.it })

const hiccups: Awaited<ReturnType<typeof runHiccups>>[] = []
for (const manner of MANNERS) hiccups.push(await runHiccups(where(manner))) // Times count here, so one is not in the other's way.
for (const [index, { ends, orders }] of hiccups.entries()) {
  say(
    `${MANNERS[index]}: ${orders} orders; the slowest repeat after the return, and nobody's after the claim, in ms:`,
  )
  for (const [name, { repeated, alone }] of ends) {
    const of = (times: readonly number[]) =>
      (times.length > 0 ? String(Math.round(Math.max(...times))) : '').padStart(7)
    say(`${of(repeated)}${of(alone)}  ${name}`)
  }
}
const load = { seed, rounds, customers: Number(values.customers) }
const random = await Promise.all(MANNERS.map((manner) => runRounds({ ...where(manner), ...load })))
for (const [index, { orders, asked, outages, paidAfter, tookMs }] of random.entries()) {
  say(
    `${MANNERS[index]}: ${orders} orders, asked for ${asked} times, in ${Math.round(tookMs)} ms; rounds:`,
  )
  sayCounts(outages)
  for (const [kind, times] of paidAfter)
    say(`  ${times.length} paid after the return (${kind}): ${percentiles(times)}`)
}
for (const database of databases.toReversed()) await database.remove()
const reports = [...hiccups, ...random]
const findings = reports.flatMap((each) => each.findings)
const faults = reports.flatMap((each) => each.faults)
endWith({ findings: findings.filter(({ broken }) => broken > 0), faults }, { seed })
