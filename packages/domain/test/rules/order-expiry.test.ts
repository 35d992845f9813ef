import test from 'ava'
import { expiresAt, isExpired } from '../../src/rules/order-expiry.ts'
import { move, recordEdit } from '../../src/rules/order-lifecycle.ts'
import { anOrder, NOON, paying } from '../../src/testing/examples.ts'

const HOUR = 3_600_000
const by = (at: number) => ({ actor: 'ann', at })

test('a created order expires when its lifetime is over', (t) => {
  const order = anOrder('ord_1')
  t.false(isExpired(order, HOUR, NOON + HOUR - 1))
  t.true(isExpired(order, HOUR, NOON + HOUR))
})

test('with a lifetime of 0 nothing expires', (t) => {
  t.false(isExpired(anOrder('ord_1'), 0, NOON + 1000 * HOUR))
})

test('an order that failed at first counts from its retry', (t) => {
  const order = anOrder('ord_1')
  const [first] = order.history
  if (!first) throw new Error('no history')
  const history = [{ ...first, to: 'ORDER_FAILED' as const }]
  const retried = move({ ...order, state: 'ORDER_FAILED', history }, 'retryOrder', by(NOON + HOUR))
  t.false(isExpired(retried, HOUR, NOON + 2 * HOUR - 1))
  t.true(isExpired(retried, HOUR, NOON + 2 * HOUR))
})

test('an edit gains no time', (t) => {
  const edited = recordEdit(anOrder('ord_1'), 'modify', by(NOON + HOUR / 2))
  t.true(isExpired(edited, HOUR, NOON + HOUR))
})

test('an order that is being paid, was paid for in vain or is over never expires', (t) => {
  const order = paying(anOrder('ord_1'), 'pay_1')
  t.false(isExpired(order, HOUR, NOON + 9 * HOUR))
  t.false(isExpired(move(order, 'paymentFailed', by(NOON)), HOUR, NOON + 9 * HOUR))
  t.false(isExpired(move(anOrder('ord_2'), 'cancel', by(NOON)), HOUR, NOON + 9 * HOUR))
})

test('an order says until when it holds its stock unpaid', (t) => {
  const order = anOrder('ord_1')
  t.is(expiresAt(order, HOUR), NOON + HOUR)
  t.is(expiresAt(order, 0), null)
  const being = paying(order, 'pay_1')
  t.is(expiresAt(being, HOUR), being.payments[0]?.deadlineAt ?? 0)
  t.is(expiresAt(being, 0), being.payments[0]?.deadlineAt ?? 0)
  t.is(expiresAt(move(being, 'paymentFailed', by(NOON)), HOUR), null)
  t.is(expiresAt(move(order, 'cancel', by(NOON)), HOUR), null)
})
