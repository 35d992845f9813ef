import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import {
  CORNERS,
  CRASH_POINTS,
  MODES,
  simulate,
} from '../../packages/domain/src/testing/simulation.ts'
import { given } from '../given.ts'
import { machine, say } from '../stress/report.ts'
import { runHistories, THREADS, type Told } from './histories.ts'
import { progressOf } from './progress.ts'

/**
 * The whole service on a simulated clock, network and gateway: `npx -y pnpm@12 run simulate`. Ends with 1 if a history
 * breaks anything, or if a corner was reached too seldom. `--trace` shows one history, step by step.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    histories: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const histories = Number(values.histories)
const { mode } = values

/** Of 20,000 histories at least 100 have to come to each corner. */
const ONE_IN = 200

const showOne = async (): Promise<boolean> => {
  const { trace, violations, mode: chosen } = await simulate({ seed, mode })
  for (const line of trace) say(line)
  const hash = createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16)
  say(`seed ${seed}, ${chosen}: ${trace.length} steps, trace ${hash}`)
  for (const violation of violations) say(`BROKEN ${violation}`)
  return violations.length === 0
}

const showAll = async (): Promise<boolean> => {
  say(`simulate: ${histories} histories from seed ${seed} on, ${mode ?? 'all modes'}`)
  say(`${machine()}, ${THREADS} threads`)
  const began = performance.now()
  const counts = new Map<string, number>()
  const ofMode = new Map<string, number>()
  const broken: Told[] = []
  const progress = progressOf('histories', histories)
  let done = 0
  let steps = 0
  await runHistories({ seed, histories, mode }, (told) => {
    done += 1
    steps += told.steps
    ofMode.set(told.mode, (ofMode.get(told.mode) ?? 0) + 1)
    for (const [corner, times] of told.corners) {
      counts.set(corner, (counts.get(corner) ?? 0) + times)
    }
    if (told.violations.length > 0) broken.push(told)
    progress(done)
  })
  for (const name of Object.keys(MODES))
    say(`${String(ofMode.get(name) ?? 0).padStart(9)}  ${name}`)
  const rare = sayCorners(counts)
  for (const { seed: at, mode: chosen, violations } of broken.slice(0, 10)) {
    say(`BROKEN by seed ${at} (${chosen}): ${violations.join('; ').slice(0, 1000)}`)
    const asked = mode === undefined ? '' : ` --mode '${mode}'`
    say(`  replay: npx -y pnpm@12 run simulate --trace --seed ${at}${asked}`)
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  say(`${done} histories, ${steps} steps, ${seconds} s: ${broken.length} broken.`)
  if (mode === undefined) say(`corners reached too seldom: ${rare.join(', ') || 'none'}`)
  return broken.length === 0 && (mode !== undefined || rare.length === 0)
}

/** Prints how often each corner was reached; gives those that were reached too seldom. */
const sayCorners = (counts: ReadonlyMap<string, number>): readonly string[] => {
  const names = [...CORNERS, ...CRASH_POINTS.map((point) => `crash ${point}`)]
  for (const name of names) say(`${String(counts.get(name) ?? 0).padStart(9)}  ${name}`)
  return names.filter((name) => (counts.get(name) ?? 0) < histories / ONE_IN)
}

const isGood = values.trace ? await showOne() : await showAll()
process.exit(isGood ? 0 : 1)
