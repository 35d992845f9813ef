import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { given } from '../given.ts'
import { progressOf } from '../simulation/progress.ts'
import { machine, say } from '../stress/report.ts'
import { type Caught, catchBug, invariantOf } from './catch.ts'
import { plantedBugs } from './planted-bugs.ts'

/**
 * Plants one bug after the other in a copy of the domain and lets the simulation look for it: `npx -y pnpm@12 run mutants`.
 * Prints a table, and ends with 1 if a bug survives, or if the control, a copy without a bug, does not.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    histories: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const seed = Number(values.seed)
const mostHistories = Number(values.histories)
const control = { name: 'control: no bug', patches: [] }
const bugs = [control, ...plantedBugs.filter(({ name }) => name.includes(values.only))]

say(`mutants: ${bugs.length - 1} bugs, up to ${mostHistories} histories each from seed ${seed} on`)
say(machine())
const began = performance.now()
const progress = progressOf('planted bugs', bugs.length)
const found = new Map<string, Caught | undefined>()
const waiting = [...bugs]
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
      found.set(bug.name, await catchBug(bug, seed, mostHistories))
      progress(found.size)
    }
  }),
)
say('\n| planted bug | seed | histories | what caught it |\n|---|---|---|---|')
for (const { name } of bugs) {
  const caught = found.get(name)
  const what = caught ? invariantOf(caught) : 'nothing'
  say(`| ${name} | ${caught?.seed ?? '-'} | ${caught?.histories ?? mostHistories} | ${what} |`)
}
const survivors = bugs.slice(1).filter(({ name }) => !found.get(name))
const isGood = survivors.length === 0 && !found.get(control.name)
const seconds = Math.round((performance.now() - began) / 1000)
say(`\n${bugs.length - 1 - survivors.length} of ${bugs.length - 1} caught, ${seconds} s.`)
for (const { name } of survivors) say(`SURVIVED: ${name}`)
process.exit(isGood ? 0 : 1)
