import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { runBaskets, runControl } from './baskets-run.ts'
import { anyDatabase } from './postgres.ts'
import { seedFrom } from './random.ts'
import { machine, percentiles, say, sayFaults, sayFindings } from './report.ts'

/**
 * Baskets that meet on the same products in another order: `node test/stress/baskets.ts`. With `--control`, the same
 * without the service and without sorting, which has to deadlock. Ends with 1 if it is not as it has to be.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    control: { type: 'boolean', default: false },
    orders: { type: 'string', default: '2000' },
    clients: { type: 'string', default: '32' },
    seed: { type: 'string' },
  },
})
const database = await anyDatabase()
const seed = seedFrom(values.seed)
const options = {
  postgresUrl: database.it,
  seed,
  orders: Number(values.orders),
  clients: Number(values.clients),
}

const control = async (): Promise<boolean> => {
  const unsorted = await runControl(options, false)
  say(
    `unsorted: ${unsorted.done} done, ${unsorted.deadlocks} × 40P01 (${unsorted.counted} counted)`,
  )
  const sorted = await runControl(options, true)
  say(`sorted: ${sorted.done} done, ${sorted.deadlocks} × 40P01 (${sorted.counted} counted)`)
  return unsorted.deadlocks > 0 && sorted.deadlocks === 0
}

const service = async (): Promise<boolean> => {
  const { statuses, times, deadlocks, faults, findings } = await runBaskets(options)
  for (const [status, count] of statuses) say(`${count} × ${status || 'no answer'}`)
  say(`${deadlocks} deadlocks counted by PostgreSQL; ${percentiles(times)}`)
  const holds = sayFindings(findings)
  const isClean = sayFaults(faults)
  return holds && isClean && deadlocks === 0 && statuses.get(201) === options.orders
}

say(`baskets${values.control ? ' (control)' : ''}: seed ${seed}, ${values.orders} orders`)
say(`${values.clients} clients; ${machine()}`)
const began = performance.now()
const good = values.control ? await control() : await service()
await database.remove()
say(
  `${good ? 'As it has to be' : 'BROKEN'} (seed ${seed}), ${Math.round(performance.now() - began)} ms.`,
)
process.exit(good ? 0 : 1)
