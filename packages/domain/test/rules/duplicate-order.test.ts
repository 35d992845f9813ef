import test from 'ava'
import {
  basketFingerprint,
  isOpen,
  isPaidAfter,
  justPaidAfter,
  OPEN_STATES,
  refuseDuplicate,
  refuseReplaced,
} from '../../src/rules/duplicate-order.ts'
import { type OrderState, recordEdit } from '../../src/rules/order-lifecycle.ts'
import { anOrder, basketOf, linesOf, NOON } from '../../src/testing/examples.ts'

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
    t.is(isOpen({ state, history: [] }), open[state], state)
    t.is(OPEN_STATES.includes(state), open[state], state)
  }
})

test('a second open order of a basket is refused with the first and what can be done with it', (t) => {
  const created = anOrder('ord_1')
  const refusal = refuseDuplicate(created, false, NOON)._unsafeUnwrapErr()
  t.is(refusal.code, 'duplicate_order')
  t.is(refusal.order, created)
  t.regex(refusal.detail, /ord_1/)
  t.deepEqual(refusal.allowed, ['modify', 'cancel', 'pay'])

  const failed = { ...created, state: 'ORDER_FAILED' } as const
  t.deepEqual(refuseDuplicate(failed, false, NOON)._unsafeUnwrapErr().allowed, ['retryOrder'])
})

test('a basket is allowed where no open order has it, or where its user asks for a duplicate', (t) => {
  t.true(refuseDuplicate(undefined, false, NOON).isOk())
  t.true(refuseDuplicate(anOrder('ord_1'), true, NOON).isOk())
})

const paid = { ...anOrder('ord_1'), state: 'PAYMENT_DONE', updatedAt: NOON } as const

test('an order counts for the window after its payment, and not a moment longer; without a window never', (t) => {
  const counts = (windowMs: number, laterMs: number) => {
    const after = justPaidAfter(windowMs, NOON + laterMs)
    return after !== undefined && isPaidAfter(paid, after)
  }
  t.deepEqual(
    [counts(300_000, 0), counts(300_000, 299_999), counts(300_000, 300_000)],
    [true, true, false],
  )
  t.true(counts(300_000, -60_000), 'paid by a server whose clock is ahead')
  t.deepEqual([counts(0, 0), counts(0, -1)], [false, false])
  t.false(isPaidAfter(anOrder('ord_1'), 0))
})

test('a duplicate of an order just paid names that one, says when it was paid, and allows nothing', (t) => {
  const refusal = refuseDuplicate(paid, false, NOON + 12_300)._unsafeUnwrapErr()
  t.regex(refusal.detail, /ord_1, paid 12 s ago/)
  t.is(refusal.order, paid)
  t.deepEqual(refusal.allowed, [])
  t.true(refuseDuplicate(paid, true, NOON).isOk())
})

test('an order that was let go is not open, until anything more happens to it', (t) => {
  const failed = { ...anOrder('ord_1'), state: 'PAYMENT_FAILED' } as const
  const gone = recordEdit(failed, 'letGo', { actor: 'system', at: NOON })
  t.deepEqual([isOpen(failed), isOpen(gone)], [true, false])
  t.true(isOpen(recordEdit(gone, 'modify', { actor: 'ann', at: NOON })))
})

test('an order that was let go cannot come back beside another one of its basket, others can', (t) => {
  const twin = anOrder('ord_2')
  const failed = { ...anOrder('ord_1'), state: 'PAYMENT_FAILED' } as const
  const gone = recordEdit(failed, 'letGo', { actor: 'system', at: NOON })
  t.is(refuseReplaced(gone, twin, NOON)._unsafeUnwrapErr().order, twin)
  t.true(refuseReplaced(gone, undefined, NOON).isOk())
  t.true(refuseReplaced({ ...gone, allowDuplicate: true }, twin, NOON).isOk())
  t.true(refuseReplaced(failed, twin, NOON).isOk(), 'it has stood there all the time')
})
