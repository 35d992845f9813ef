import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { runFuzz } from './fuzz-run.ts'
import { anyDatabase } from './postgres.ts'
import { seedFrom } from './random.ts'
import { endWith, machine, percentiles, say, sayCounts } from './report.ts'

/**
 * Requests that mean no good, made by the grammar of the OpenAPI document and broken at every level: `node
 * test/stress/fuzz.ts --requests 50000`. Ends with 1 if one is answered with a 5xx or after more than a second, or if
 * the server's memory grows by more than 50 MB.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    requests: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '8' },
    seed: { type: 'string' },
  },
})
const MOST_GROWN_MB = 50
const seed = seedFrom(values.seed)
const database = values.database === 'postgres' ? await anyDatabase() : undefined
say(`fuzz: ${values.database}, seed ${seed}, ${values.requests} requests`)
say(machine())
const report = await runFuzz({
  seed,
  requests: Number(values.requests),
  connections: Number(values.connections),
  longestMs: 1000,
  postgresUrl: database?.it,
})
await database?.remove()
sayCounts(report.statuses)
say(`answers: ${report.times.length}, ${percentiles(report.times)}`)
const grownMb = Math.round(report.grownBytes / 1_048_576)
say(`memory grown by ${grownMb} MB`)
endWith(report, { good: grownMb <= MOST_GROWN_MB, seed })
