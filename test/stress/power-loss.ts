import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { type PowerLossReport, runPowerLoss } from './power-loss/power-loss-run.ts'
import { canTrace } from './power-loss/trace.ts'
import { seedFrom } from './random.ts'
import { machine, say, sayFaults } from './report.ts'

/**
 * Records what a server on SQLite writes and syncs, and rebuilds what a power cut could have left at many moments:
 * `node test/stress/power-loss.ts --states 300`. Ends with 1 if anything is lost, or if the control with
 * `synchronous=NORMAL` loses nothing, since then the test would see nothing.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    states: { type: 'string', default: '300' },
    requests: { type: 'string', default: '250' },
    seed: { type: 'string' },
  },
})
if (!canTrace()) {
  say('power-loss: skipped, because it needs strace (apt install strace) and the right to trace.')
  process.exit(0)
}
const seed = seedFrom(values.seed)
say(`power-loss: ${values.states} states, ${values.requests} requests in each life, seed ${seed}`)
say(machine())

const run = async (sync: 'full' | 'normal'): Promise<PowerLossReport> => {
  const begun = performance.now()
  const { requests, states } = values
  const options = { seed, requests: Number(requests), states: Number(states), sync }
  const report = await runPowerLoss(options)
  const { changes, syncs, answers, losses, unsyncedStates } = report
  say(`synchronous=${sync}: ${changes} changes, ${syncs} syncs, ${answers} answers`)
  say(`states: ${values.states}, with changes that were not synced: ${unsyncedStates}`)
  const tookMs = Math.round(performance.now() - begun)
  say(`states that lost something: ${losses.length}, in ${tookMs} ms`)
  const kinds = losses.map(({ broken }) => new Set(broken.map((row) => row.split(' ')[0] ?? row)))
  for (const kind of new Set(kinds.flatMap((each) => [...each]))) {
    say(`  ${kinds.filter((each) => each.has(kind)).length} × ${kind.slice(0, 60)}`)
  }
  for (const { state, broken } of losses.slice(0, 3)) {
    say(`  ${state}: ${broken.length} broken, such as ${broken[0]?.slice(0, 500)}`)
  }
  return report
}

const full = await run('full')
const control = await run('normal')
const isClean = sayFaults([...full.faults, ...control.faults])
const good = isClean && full.losses.length === 0 && control.losses.length > 0
say(good ? `Nothing is lost (seed ${seed}), and the control loses.` : `BROKEN (seed ${seed}).`)
process.exit(good ? 0 : 1)
