import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { anyDatabase } from './postgres.ts'
import { endWith, machine, percentileOf, percentiles, say } from './report.ts'
import { runWaiting } from './waiting-run.ts'

/**
 * Clients that wait for the end of their payments by `Prefer: wait`: `node test/stress/waiting.ts --database postgres`. Ends
 * with 1 if one of a hundred is answered later than 100 ms after the end, others' slowest of a hundred requests takes more than
 * one and a half of its usual time, or SIGTERM keeps anybody waiting for a second.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    waiters: { type: 'string', default: '500' },
  },
})
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(`waiting: ${values.database}, ${values.waiters} waiters`)
say(machine())
const report = await runWaiting({
  postgresUrl: database?.it,
  waiters: Number(values.waiters),
  spreadSeconds: 15,
  deadlineSeconds: 28,
})
await database?.remove()
const { usual, meanwhile, ends, stops } = report
say(`others, usually:               ${usual.length}, ${percentiles(usual)}`)
say(`others, while clients wait:    ${meanwhile.length}, ${percentiles(meanwhile)}`)
say(`from the end to the answer:    ${ends.length}, ${percentiles(ends)}`)
say(`from SIGTERM to the answer:    ${stops.length}, ${percentiles(stops)}`)
const isSoon = percentileOf(ends, 0.99) <= 100 && Math.max(...stops) <= 1000
const isFair = percentileOf(meanwhile, 0.99) <= 1.5 * percentileOf(usual, 0.99)
endWith(report, { good: isSoon && isFair })
