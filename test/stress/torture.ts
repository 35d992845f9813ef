import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { anyDatabase } from './postgres.ts'
import { seedFrom } from './random.ts'
import { endWith, machine, percentiles, say, sayCounts, sayServerErrors } from './report.ts'
import { runTorture } from './torture/torture-run.ts'

/**
 * Real servers under load that are killed at every crash point and at random, while they recover, and that stand still for
 * longer than their leases: `node test/stress/torture.ts --database postgres --kills 300`. Ends with 1 if anything was
 * lost, done twice or left open, or if a crash point was not reached.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    kills: { type: 'string', default: '300' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string' },
  },
})
const seed = seedFrom(values.seed)
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(`torture: ${values.database}, ${values.kills} kills, seed ${seed}, ${values.clients} clients`)
say(machine())
const report = await runTorture({
  postgresUrl: database?.it,
  seed,
  kills: Number(values.kills),
  clients: Number(values.clients),
})
await database?.remove()
const { toll, unreached } = report
sayCounts(report.counts)
sayServerErrors(report.counts)
say(`kills: ${toll.kills}`)
sayCounts(toll.byKind)
say('kills at crash points:')
sayCounts(toll.byPoint)
if (toll.missed.size > 0) say('waited for in vain, and planned again:')
sayCounts(toll.missed)
if (unreached.length > 0) say(`never reached: ${unreached.join(', ')}`)
for (const { point, ms } of toll.standstills) say(`stood still at ${point} for ${ms} ms`)
say(`orders: ${report.orders}, keys repeated at the end: ${report.replays}`)
say(`requests: ${report.times.length}, ${percentiles(report.times)}`)
say(`restarts: ${percentiles(toll.restarts)}`)
say(`quiet ${report.settledAfterMs} ms after the last kill; all in ${report.tookMs} ms`)
endWith(report, { good: unreached.length === 0, seed })
