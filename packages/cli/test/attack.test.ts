import test from 'ava'
import { ATTACKS, runAttack } from '../../../test/stress/attack-run.ts'

/** What shows that the attack took place. */
const traces: Readonly<Record<(typeof ATTACKS)[number], string>> = {
  flood: '429',
  'slow-headers': 'connected',
}

for (const attack of ATTACKS) {
  test.serial(`honest customers are served under attack: ${attack}`, async (t) => {
    const { usual, under, counts, faults } = await runAttack({ attack, seconds: 1, rounds: 1 })
    t.deepEqual(faults, [])
    t.true(usual.length > 0 && under.length > 0)
    t.log(Object.fromEntries(counts))
    t.true((counts.get(traces[attack]) ?? 0) > 0)
  })
}
