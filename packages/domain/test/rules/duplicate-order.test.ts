import test from 'ava'
import {
  basketFingerprint,
  isOpen,
  OPEN_STATES,
  refuseDuplicate,
} from '../../src/rules/duplicate-order.ts'
import type { OrderState } from '../../src/rules/order-lifecycle.ts'
import { anOrder, basketOf, linesOf } from '../../src/testing/examples.ts'

test('a basket is the same whatever the order of its lines', (t) => {
  const lines = linesOf({ mug: 1, cup: 2, pot: 3 })
  t.is(basketFingerprint(lines), basketFingerprint(lines.toReversed()))
  t.is(basketOf({ cup: 2, pot: 3, mug: 1 }), basketFingerprint(lines))
})

test('a basket is the same whatever its prices and names', (t) => {
  const { lines } = anOrder('ord_1', { mug: 2, cup: 1 })
  t.is(basketFingerprint(lines), basketOf({ mug: 2, cup: 1 }))
})

test('a basket of other products or other quantities is another one', (t) => {
  const baskets = [
    { mug: 1 },
    { mug: 2 },
    { cup: 1 },
    { mug: 1, cup: 1 },
    { mug: 1, cup: 2 },
    { mug: 2, cup: 1 },
    { mug: 12 },
    { 'mug=1': 2 },
  ]
  t.is(new Set(baskets.map(basketOf)).size, baskets.length)
})

test('a fingerprint is 64 hexadecimal digits, however many lines there are', (t) => {
  const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`sku-${at}`, at + 1]))
  for (const basket of [{ mug: 1 }, hundred]) t.regex(basketOf(basket), /^[0-9a-f]{64}$/)
})

const open: Readonly<Record<OrderState, boolean>> = {
  CREATED: true,
  ORDER_FAILED: true,
  PAYMENT_IN_PROGRESS: true,
  PAYMENT_FAILED: true,
  PAYMENT_DONE: false,
  ORDER_CANCELLED: false,
}

test('an order is open until it is paid or cancelled', (t) => {
  for (const state of Object.keys(open) as OrderState[]) {
    t.is(isOpen({ state }), open[state], state)
    t.is(OPEN_STATES.includes(state), open[state], state)
  }
})

test('a second open order of a basket is refused with the first and what can be done with it', (t) => {
  const created = anOrder('ord_1')
  const refusal = refuseDuplicate(created, false)._unsafeUnwrapErr()
  t.is(refusal.code, 'duplicate_order')
  t.is(refusal.order, created)
  t.regex(refusal.detail, /ord_1/)
  t.deepEqual(refusal.allowed, ['modify', 'cancel', 'pay'])

  const failed = { ...created, state: 'ORDER_FAILED' } as const
  t.deepEqual(refuseDuplicate(failed, false)._unsafeUnwrapErr().allowed, ['retryOrder'])
})

test('a basket is allowed where no open order has it, or where its user asks for a duplicate', (t) => {
  t.true(refuseDuplicate(undefined, false).isOk())
  t.true(refuseDuplicate(anOrder('ord_1'), true).isOk())
})
