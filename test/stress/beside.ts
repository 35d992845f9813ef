import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { runBeside } from './beside-run.ts'
import { seedFrom } from './random.ts'
import { endWith, machine, percentiles, say, sayCounts, sayServerErrors } from './report.ts'

/**
 * The command line beside a server on one SQLite file, under load: `node test/stress/beside.ts`. Ends with 1 if
 * SQLITE_BUSY reached a user, a command failed, or anything was lost.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    seconds: { type: 'string', default: '20' },
    clients: { type: 'string', default: '16' },
    seed: { type: 'string' },
  },
})
const seed = seedFrom(values.seed)
say(`beside: seed ${seed}, ${values.seconds} s, ${values.clients} clients; ${machine()}`)
const report = await runBeside({
  seed,
  seconds: Number(values.seconds),
  clients: Number(values.clients),
})
sayCounts(report.counts)
sayServerErrors(report.counts)
sayCounts(report.commands)
say(`${report.holds} × the write lock held for 3 s by another process`)
say(`requests: ${report.times.length}, ${percentiles(report.times)}`)
say(`commands: ${report.commandTimes.length}, ${percentiles(report.commandTimes)}`)
endWith(report, { seed })
