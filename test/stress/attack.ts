import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { ATTACKS, runAttack } from './attack-run.ts'
import { anyDatabase } from './postgres.ts'
import {
  machine,
  percentileOf,
  percentiles,
  say,
  sayCounts,
  sayFaults,
  sayFindings,
} from './report.ts'

/**
 * What honest customers notice of an attack: `node test/stress/attack.ts flood`. Ends with 1 if one of their requests
 * failed, if one in a hundred took more than twice as long as usual, if slow headers were borne for more than 12 s, or if
 * an audit finds something broken.
 */
const { values, positionals } = parseArgs({
  args: given(),
  allowPositionals: true,
  options: {
    database: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
  },
})
const attacks = ATTACKS.filter((attack) => positionals.length === 0 || positionals.includes(attack))
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(machine())
let holds = attacks.length > 0
for (const attack of attacks) {
  say(
    `\n${attack}: ${values.database}, ${values.rounds} times ${values.seconds} s without and with it`,
  )
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)]
  const report = await runAttack({ attack, seconds, rounds, postgresUrl: database?.it })
  say(`usual: ${report.usual.length} requests, ${percentiles(report.usual)}`)
  say(`under attack: ${report.under.length} requests, ${percentiles(report.under)}`)
  sayCounts(report.counts)
  const factor = percentileOf(report.under, 0.99) / percentileOf(report.usual, 0.99)
  say(`p99: ${factor.toFixed(2)} times as long as usual`)
  const borneMs = report.counts.get('longest borne, in ms') ?? 0
  const isRight = sayFindings(report.findings)
  holds = sayFaults(report.faults) && isRight && factor <= 2 && borneMs <= 12_000 && holds
}
await database?.remove()
say(holds ? 'All holds.' : 'BROKEN.')
process.exit(holds ? 0 : 1)
