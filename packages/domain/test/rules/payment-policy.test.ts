import test from 'ava'
import type { Order } from '../../src/rules/order.ts'
import {
  DEFAULT_PAYMENT_DEADLINE_MS,
  isPastDeadline,
  newAttempt,
  nextCheckAt,
  refuseManyAttempts,
  refuseOtherTotal,
  refusePaid,
} from '../../src/rules/payment-policy.ts'
import { anOrder, NOON, paying } from '../../src/testing/examples.ts'

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

test('a long deadline comes after all early checks', (t) => {
  const long = { createdAt: NOON, deadlineAt: NOON + 10 * MINUTE }
  t.deepEqual(checks(long, 8), [2, 5, 15, 30, 60, 120, 180, 600])
})

test('the deadline is three minutes, and has passed at its last millisecond', (t) => {
  t.is(DEFAULT_PAYMENT_DEADLINE_MS, 3 * MINUTE)
  t.false(isPastDeadline(claimed, NOON + 3 * MINUTE - 1))
  t.true(isPastDeadline(claimed, NOON + 3 * MINUTE))
})

test('a new attempt is pending, for the order’s total and version, and numbered', (t) => {
  const first = paying(anOrder('ord_1', { mug: 2 }), 'pay_1')
  const order = { ...first, version: 4 }
  const attempt = { id: 'pay_2', paymentMethod: 'fake_slow', deadlineMs: MINUTE }
  t.deepEqual(newAttempt({ ...order, updatedAt: NOON + 7 }, attempt), {
    id: 'pay_2',
    orderId: 'ord_1',
    attempt: 2,
    state: 'PENDING',
    amount: { amountMinor: 2598, currency: 'EUR' },
    orderVersion: 4,
    paymentMethod: 'fake_slow',
    failure: null,
    overdue: false,
    createdAt: NOON + 7,
    updatedAt: NOON + 7,
    deadlineAt: NOON + 7 + MINUTE,
    nextCheckAt: NOON + 7 + 2 * SECOND,
  })
})

/** An order with attempts that began so many ms before noon. */
const attempted = (...agesMs: readonly number[]): Order => {
  const order = anOrder('ord_1')
  const attempt = { id: 'pay_1', paymentMethod: 'fake_decline', deadlineMs: MINUTE }
  return {
    ...order,
    payments: agesMs.map((ageMs) => newAttempt({ ...order, updatedAt: NOON - ageMs }, attempt)),
  }
}

test('five attempts in ten minutes are allowed, the sixth is refused until the first is old', (t) => {
  const four = attempted(9 * MINUTE, 3 * MINUTE, 2 * MINUTE, MINUTE)
  t.true(refuseManyAttempts(four, NOON).isOk())
  const five = attempted(9 * MINUTE, 3 * MINUTE, 2 * MINUTE, MINUTE, 0)
  const refusal = refuseManyAttempts(five, NOON)._unsafeUnwrapErr()
  t.is(refusal.code, 'payment_attempts_exceeded')
  t.is(refusal.order, five)
  t.is(refusal.retryAfterMs, MINUTE)
  t.true(refuseManyAttempts(five, NOON + MINUTE - 1).isErr())
  t.true(refuseManyAttempts(five, NOON + MINUTE).isOk())
})

test('attempts of more than ten minutes ago do not count', (t) => {
  const old = attempted(30 * MINUTE, 20 * MINUTE, 10 * MINUTE, 2 * MINUTE, MINUTE, 0)
  t.true(refuseManyAttempts(old, NOON).isOk())
})

test('if more than five attempts are recent, the wait is for the fifth from the end', (t) => {
  const six = attempted(9 * MINUTE, 8 * MINUTE, 4 * MINUTE, 3 * MINUTE, 2 * MINUTE, MINUTE)
  t.is(refuseManyAttempts(six, NOON)._unsafeUnwrapErr().retryAfterMs, 2 * MINUTE)
})

test('a charge of another total than the expected one is refused, in number or currency', (t) => {
  const order = anOrder('ord_1')
  const expecting = (amountMinor: number, currency: string) =>
    refuseOtherTotal(order, { amountMinor, currency })
  t.true(refuseOtherTotal(order, undefined).isOk())
  t.true(expecting(1299, 'EUR').isOk())
  t.like(expecting(1298, 'EUR')._unsafeUnwrapErr(), { code: 'total_changed', order })
  t.is(expecting(1299, 'USD')._unsafeUnwrapErr().code, 'total_changed')
})

test('an order is paid only if one of its payments succeeded, and that one is named', (t) => {
  const pending = paying(anOrder('ord_1'), 'pay_1')
  const [payment] = pending.payments
  if (!payment) throw new Error('no payment')
  const failed = { ...payment, state: 'FAILED' } as const
  const succeeded = { ...payment, id: 'pay_2', state: 'SUCCEEDED' } as const
  t.true(refusePaid(anOrder('ord_1')).isOk())
  t.true(refusePaid(pending).isOk())
  t.true(refusePaid({ ...pending, payments: [failed] }).isOk())
  const order = { ...pending, payments: [failed, succeeded] }
  t.like(refusePaid(order)._unsafeUnwrapErr(), { code: 'order_already_paid', order })
  t.is(refusePaid(order)._unsafeUnwrapErr().payment, succeeded)
})
