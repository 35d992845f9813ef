import { readFileSync } from 'node:fs'
import { CORNERS, MODES, type Simulated, simulate } from '@holdfast/domain/testing/simulation'
import test from 'ava'
import { catchBug, invariantOf } from '../../../test/mutants/catch.ts'
import { plantedBugs } from '../../../test/mutants/planted-bugs.ts'

/** Fixed, so that the corners below are reached for certain. */
const SEED = 20_260_115

test('five hundred histories of the whole service, with all that can go wrong, break nothing', async (t) => {
  t.timeout(600_000)
  const visits = new Map<string, number>()
  const broken: Omit<Simulated, 'trace' | 'corners'>[] = []
  let steps = 0
  for (let nth = 0; nth < 500; nth += 1) {
    const { trace, corners, ...rest } = await simulate({ seed: SEED + nth })
    steps += trace.length
    if (rest.violations.length > 0) broken.push(rest)
    for (const [name, times] of corners) visits.set(name, (visits.get(name) ?? 0) + times)
  }
  const counts = CORNERS.map((name) => [name, visits.get(name) ?? 0] as const)
  const crashes = [...visits].filter(([name]) => name.startsWith('crash '))
  t.log(`${steps} steps, crashes at ${crashes.length} points;`)
  t.log(counts.map(([name, times]) => `${name} ${times}`).join(', '))
  t.deepEqual(broken, [])
  t.deepEqual(
    counts.filter(([, times]) => times === 0),
    [],
  )
})

test('a seed replays to the same trace, whatever the weather; another seed does not', async (t) => {
  for (const mode of Object.keys(MODES)) {
    const { trace } = await simulate({ seed: SEED, mode })
    t.true(trace.length > 50, mode)
    t.deepEqual((await simulate({ seed: SEED, mode })).trace, trace, mode)
    t.notDeepEqual((await simulate({ seed: SEED + 1, mode })).trace, trace, mode)
  }
})

test('a mode that does not exist is refused, with those that do', async (t) => {
  await t.throwsAsync(simulate({ seed: SEED, mode: 'sunny' }), { message: /sunny.*mixed, slow/ })
})

/** One bug of each kind, and what has to catch it; the command `mutants` plants them all. */
const CAUGHT_BY = {
  'charges before the intent is written down': /^G5 /,
  'fails an attempt at its deadline without a fence': /^R4 /,
  'ignores money that shows up for a failed payment': /^G1 /,
  'releases the stock of a paid order instead of deducting it': /^I2 /,
  'does a request again whose key is finished': /^C3 /,
  'asks whatever gateway it is given': /^(R4|G1|G4) /,
}

for (const [name, invariant] of Object.entries(CAUGHT_BY)) {
  test(`the simulation catches a planted bug: ${name}`, async (t) => {
    t.timeout(600_000)
    const bug = plantedBugs.find((each) => each.name === name)
    const caught = bug && (await catchBug(bug, SEED, 200))
    t.regex(caught ? invariantOf(caught) : '', invariant)
    t.log(`seed ${caught?.seed}, history ${caught?.histories}`)
  })
}

test('every bug that can be planted has its place in the source', (t) => {
  for (const { name, patches } of plantedBugs) {
    for (const { file, find } of patches) {
      const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
      t.is(source.split(find).length, 2, `${name}: ${file}`)
    }
  }
})

test('a planted bug whose text is not in the source any more is an error, not a survivor', async (t) => {
  const patches = [{ file: 'rules/refund.ts', find: 'no such text', put: '' }]
  await t.throwsAsync(catchBug({ name: 'a stale bug', patches }, SEED, 1), {
    message: /a stale bug: rules\/refund.ts has 0 times/,
  })
})
