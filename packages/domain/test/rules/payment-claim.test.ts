import test from 'ava'
import type { Order } from '../../src/rules/order.ts'
import {
  newAttempt,
  refuseManyAttempts,
  refuseOtherTotal,
  refusePaid,
  refuseUnavailable,
} from '../../src/rules/payment-claim.ts'
import { anOrder, NOON, paying } from '../../src/testing/examples.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

test('a new attempt is pending, for the order’s total and version, and numbered', (t) => {
  const first = paying(anOrder('ord_1', { mug: 2 }), 'pay_1')
  const order = { ...first, version: 4 }
  const attempt = { id: 'pay_2', paymentMethod: 'fake_slow', gatewayId: 'gw_1', deadlineMs: MINUTE }
  t.deepEqual(newAttempt({ ...order, updatedAt: NOON + 7 }, attempt), {
    id: 'pay_2',
    orderId: 'ord_1',
    attempt: 2,
    state: 'PENDING',
    amount: { amountMinor: 2598, currency: 'EUR' },
    orderVersion: 4,
    paymentMethod: 'fake_slow',
    gatewayId: 'gw_1',
    outcome: 'unknown',
    failure: null,
    refund: null,
    overdue: false,
    fencedUntil: null,
    checks: 0,
    createdAt: NOON + 7,
    updatedAt: NOON + 7,
    deadlineAt: NOON + 7 + MINUTE,
    nextCheckAt: NOON + 7 + 2 * SECOND,
  })
})

/** An order with attempts that began so many ms before noon. */
const attempted = (...agesMs: readonly number[]): Order => {
  const order = anOrder('ord_1')
  const attempt = {
    id: 'pay_1',
    paymentMethod: 'fake_decline',
    gatewayId: null,
    deadlineMs: MINUTE,
  }
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
  for (const [amountMinor, currency, at] of [
    [-1299, 'EUR', 'amountMinor'],
    [12.99, 'EUR', 'amountMinor'],
    [1299, 'eur', 'currency'],
  ] as const) {
    t.like(expecting(amountMinor, currency)._unsafeUnwrapErr(), {
      code: 'invalid_request',
      errors: [{ pointer: `/expectedTotal/${at}` }],
    })
  }
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

test('while the gateway takes no charges none is begun', (t) => {
  const order = anOrder('ord_1')
  t.true(refuseUnavailable(order, 'gw_1').isOk())
  t.like(refuseUnavailable(order, undefined)._unsafeUnwrapErr(), {
    code: 'gateway_unavailable',
    order,
  })
})
