import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { runKills } from './kill-run.ts'
import { anyDatabase } from './postgres.ts'
import { seedFrom } from './random.ts'
import { endWith, machine, percentiles, say, sayCounts, sayServerErrors } from './report.ts'

/**
 * Real servers under load, one of which is killed every few seconds: `node test/stress/kill.ts --database postgres`.
 * Ends with 1 if anything was lost, done twice or left open.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '60' },
    'kill-every': { type: 'string', default: '3' },
    clients: { type: 'string', default: '16' },
    seed: { type: 'string' },
  },
})
const seed = seedFrom(values.seed)
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(`kill: ${values.database}, seed ${seed}, ${values.seconds} s, ${values.clients} clients`)
say(machine())
const report = await runKills({
  postgresUrl: database?.it,
  seed,
  seconds: Number(values.seconds),
  atLeast: { kills: 1, orders: 1 },
  killEverySeconds: Number(values['kill-every']),
  clients: Number(values.clients),
  deadlineSeconds: 10,
})
await database?.remove()
sayCounts(report.counts)
sayServerErrors(report.counts)
say(`kills: ${report.kills}, orders: ${report.orders}, keys repeated at the end: ${report.replays}`)
say(`requests: ${report.times.length}, ${percentiles(report.times)}`)
say(`restarts: ${percentiles(report.restarts)}`)
say(`nothing was pending after ${report.settledAfterMs} ms`)
endWith(report, { seed })
