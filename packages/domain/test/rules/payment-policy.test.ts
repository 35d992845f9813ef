import test from 'ava'
import {
  DEFAULT_PAYMENT_DEADLINE_MS,
  isNews,
  isPastDeadline,
  isTooFarAhead,
  nextCheckAt,
  nextWatchAt,
} from '../../src/rules/payment-policy.ts'
import { NOON } from '../../src/testing/examples.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const claimed = { createdAt: NOON, deadlineAt: NOON + DEFAULT_PAYMENT_DEADLINE_MS }
/** The ages at which a payment is checked, from its claim on, while the gateway stays silent. */
const checks = (times: typeof claimed, howMany: number): number[] => {
  const ages: number[] = []
  let now = times.createdAt
  while (ages.length < howMany) {
    now = nextCheckAt(times, now)
    ages.push((now - times.createdAt) / SECOND)
  }
  return ages
}

test('the gateway is asked 2, 5, 15, 30, 60, 120 and 180 seconds after the claim', (t) => {
  t.deepEqual(checks(claimed, 7), [2, 5, 15, 30, 60, 120, 180])
})

test('a check that comes late is followed by the next one that is still to come', (t) => {
  t.is(nextCheckAt(claimed, NOON + 4999), NOON + 5000)
  t.is(nextCheckAt(claimed, NOON + 5000), NOON + 15_000)
  t.is(nextCheckAt(claimed, NOON + 121_000), NOON + 180_000)
})

test('past the deadline the gaps grow with the payment’s age, up to an hour', (t) => {
  const ages = checks(claimed, 40).slice(6)
  const gaps = ages.slice(1).map((age, index) => age - (ages[index] ?? 0))
  t.is(gaps[0], 90)
  for (const [index, gap] of gaps.entries()) t.true(gap >= (gaps[index - 1] ?? 0), `${index}`)
  t.is(gaps.at(-1), HOUR / SECOND)
  t.true(gaps.every((gap) => gap <= HOUR / SECOND))
})

// Half of an odd number is a fraction, which no integer column takes.
test('the next check is at a whole millisecond, however odd the payment’s age', (t) => {
  t.true(Number.isSafeInteger(nextCheckAt(claimed, NOON + 180_001)))
})

test('a short deadline is the last of the early checks, and then no check comes at once', (t) => {
  const short = { createdAt: NOON, deadlineAt: NOON + 4 * SECOND }
  t.deepEqual(checks(short, 3), [2, 4, 6])
  const shortest = { createdAt: NOON, deadlineAt: NOON + 1 }
  t.is(nextCheckAt(shortest, NOON + 1), NOON + 1 + SECOND)
})

test('until a long deadline the gaps never exceed a minute', (t) => {
  const long = { createdAt: NOON, deadlineAt: NOON + 5.5 * MINUTE }
  t.deepEqual(checks(long, 10), [2, 5, 15, 30, 60, 120, 180, 240, 300, 330])
  const longest = { createdAt: NOON, deadlineAt: NOON + 24 * HOUR }
  for (let age = 0; age < 25 * HOUR; age += 17_231) {
    const now = NOON + age
    if (now < longest.deadlineAt) t.true(nextCheckAt(longest, now) - now <= MINUTE, `${age}`)
  }
})

test('an attempt that lies in the future is asked about, and watched, once a minute', (t) => {
  const now = NOON - HOUR
  t.is(nextCheckAt(claimed, now), now + MINUTE)
  t.is(nextCheckAt(claimed, NOON - MINUTE), NOON)
  t.is(nextCheckAt(claimed, NOON - MINUTE + 1), NOON + 1)
  t.is(nextWatchAt({ createdAt: NOON, updatedAt: NOON + MINUTE }, now, true), now + MINUTE)
})

const ofState = (state: 'PENDING' | 'FAILED', nextCheckAt: number | null) => ({
  ...{ ...claimed, state, nextCheckAt },
})

test('a check that lies further ahead than the longest gap of its age is due now', (t) => {
  const isDue = (ageMs: number, gapMs: number, state: 'PENDING' | 'FAILED' = 'PENDING') =>
    isTooFarAhead(ofState(state, NOON + ageMs + gapMs), NOON + ageMs)
  for (const age of [-HOUR, -1, 0, 2 * SECOND, 180 * SECOND - 1]) {
    t.false(isDue(age, MINUTE), `${age}`)
    t.true(isDue(age, MINUTE + 1), `${age}`)
  }
  t.false(isDue(10 * MINUTE + 1, 5 * MINUTE + 1))
  t.true(isDue(10 * MINUTE + 1, 5 * MINUTE + 2))
  t.false(isDue(10 * HOUR, HOUR))
  t.true(isDue(10 * HOUR, HOUR + 1))
  t.true(isDue(60 * SECOND, 61 * SECOND, 'FAILED'))
  t.false(isTooFarAhead(ofState('FAILED', null), NOON - HOUR))
})

test('no check is too far ahead that its own clock has planned, whatever the attempt’s age', (t) => {
  for (let age = -2 * HOUR; age < 50 * HOUR; age += 61_001) {
    const now = NOON + age
    for (const later of [0, 1, SECOND, MINUTE, HOUR]) {
      const pending = ofState('PENDING', nextCheckAt(claimed, now))
      t.false(isTooFarAhead(pending, now + later), `${age} ${later}`)
      const failed = ofState('FAILED', nextWatchAt({ ...claimed, updatedAt: NOON }, now, false))
      t.false(isTooFarAhead(failed, now + later), `${age} ${later}`)
    }
  }
})

test('the deadline is three minutes, and has passed at its last millisecond', (t) => {
  t.is(DEFAULT_PAYMENT_DEADLINE_MS, 3 * MINUTE)
  t.false(isPastDeadline(claimed, NOON + 3 * MINUTE - 1))
  t.true(isPastDeadline(claimed, NOON + 3 * MINUTE))
})

test('an attempt that was fenced is looked at with growing gaps for a day more, and then no more', (t) => {
  const ages: number[] = []
  let now: number | null = NOON + 180_000
  const fenced = { ...claimed, updatedAt: now }
  while (now !== null && ages.length < 1000) {
    now = nextWatchAt(fenced, now, true)
    if (now !== null) ages.push((now - NOON) / SECOND)
  }
  t.deepEqual(ages.slice(0, 3), [270, 405, 607.5])
  t.true((ages.at(-1) ?? 0) * SECOND >= 24 * HOUR)
  t.true(ages.length < 40)
})

const ends = { captured: true, declined: true, voided: true, pending: false, nothing: false }

for (const [state, isNewsToPending] of Object.entries(ends)) {
  test(`${state} is ${isNewsToPending ? '' : 'no '}news of an attempt under way`, (t) => {
    const answer = state === 'nothing' ? undefined : ({ state } as { state: 'captured' })
    t.is(isNews({ state: 'PENDING', refund: null }, answer), isNewsToPending)
    t.is(isNews({ state: 'FAILED', refund: null }, answer), state === 'captured')
    t.false(isNews({ state: 'SUCCEEDED', refund: null }, answer))
  })
}

test('a capture that is being given back already is no news', (t) => {
  const refund = { paymentId: 'pay_1', state: 'OWED', amount: { amountMinor: 1, currency: 'EUR' } }
  const owed = { ...refund, attempts: 0, nextAttemptAt: 0, createdAt: 0, updatedAt: 0 } as const
  t.false(isNews({ state: 'FAILED', refund: { ...owed, state: 'OWED' } }, { state: 'captured' }))
})
