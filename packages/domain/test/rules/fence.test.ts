import test from 'ava'
import { FENCE_LEASE_MS, isLeftToEdit } from '../../src/rules/fence.ts'
import { nextCheckAt } from '../../src/rules/payment-policy.ts'
import { NOON } from '../../src/testing/examples.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const claimed = { createdAt: NOON, deadlineAt: NOON + 3 * MINUTE }

test('an attempt is left to an edit for ten seconds, by clocks that are as much apart', (t) => {
  const fencedAt = NOON + MINUTE
  const isLeft = (afterMs: number) => isLeftToEdit({ fencedAt }, fencedAt + afterMs)
  t.deepEqual([-10_000, -9_999, 0, 9_999, 10_000].map(isLeft), [false, true, true, true, false])
  t.false(isLeftToEdit({ fencedAt: null }, fencedAt))
})

test('an attempt that is left to an edit is asked about when that is over, if not before', (t) => {
  const check = (fencedAt: number | null, now: number) => nextCheckAt({ ...claimed, fencedAt }, now)
  const fencedAt = NOON + 20 * SECOND
  t.is(check(fencedAt, fencedAt), fencedAt + FENCE_LEASE_MS)
  t.is(check(NOON, NOON), NOON + 2 * SECOND, 'a check that is due sooner is not put off')
  t.is(check(fencedAt, fencedAt + FENCE_LEASE_MS), check(null, fencedAt + FENCE_LEASE_MS))
  t.is(check(fencedAt, NOON - 60 * MINUTE), check(null, NOON - 60 * MINUTE))
  const late = NOON + 24 * 60 * MINUTE
  t.is(check(late, late), late + FENCE_LEASE_MS, 'past the deadline, too')
})
