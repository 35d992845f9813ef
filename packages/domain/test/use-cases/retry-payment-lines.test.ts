import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import {
  ann,
  bob,
  createWorld,
  euros,
  granted,
  orderIn,
  refused,
  underWay,
  unmarked,
} from '../support.ts'

test('a failed payment is retried for other lines in one step', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  await world.reprice('mug', euros(1500))
  const lines = linesOf({ mug: 3 })
  const request = { by: ann, orderId, lines, expectedTotal: euros(4500) }
  const { payment, order } = await granted(world.retryPayment(request))
  t.like(order, { state: 'PAYMENT_DONE', total: euros(4500) })
  t.like(payment, { attempt: 2, amount: euros(4500), orderVersion: order.version - 1 })
  t.deepEqual(
    order.history.slice(3).map(({ action, from, to }) => [action, from, to]),
    [
      ['modify', 'PAYMENT_FAILED', 'PAYMENT_FAILED'],
      ['retryPayment', 'PAYMENT_FAILED', 'PAYMENT_IN_PROGRESS'],
      ['paymentSucceeded', 'PAYMENT_IN_PROGRESS', 'PAYMENT_DONE'],
    ],
  )
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(await world.stock('mug'), [7, 0])
})

test('a payment under way is superseded by one for other lines, and what stays is never free', async (t) => {
  const { world, orderId, paymentId, edit, calls } = await underWay()
  world.gateway.script = 'silent'
  const { payment, order } = await granted(edit(3))
  t.like(order, { state: 'PAYMENT_IN_PROGRESS', total: euros(3897) })
  t.like(order.payments, [
    { id: paymentId, state: 'FAILED', failure: { code: 'superseded' } },
    { id: payment.id, state: 'PENDING' },
  ])
  t.deepEqual(
    order.history.slice(2).map(({ action, reason }) => [action, reason]),
    [
      ['paymentFailed', 'superseded'],
      ['modify', null],
      ['retryPayment', null],
    ],
  )
  t.deepEqual(calls(), [`void ${paymentId}`, `charge ${payment.id}`])
  t.deepEqual(await world.stock('mug'), [10, 3])
  const moved = (await granted(world.listMovements('prod_mug'))).map((each) => each.reservedDelta)
  t.deepEqual(moved, [0, 2, 1], 'only the difference has moved')
  t.deepEqual(await world.stored(orderId), order)
})

test('while a step that edits and pays is fencing nobody gets what stays in the basket', async (t) => {
  const { world, edit } = await underWay('pending')
  world.gateway.script = 'captured'
  world.gateway.onTheWayBack = async () => {
    t.is((await world.placed({ mug: 8 }, bob)).state, 'CREATED')
    t.is((await world.placed({ mug: 1 }, bob)).state, 'ORDER_FAILED')
  }
  const { order } = await granted(edit(1))
  t.is(order.state, 'PAYMENT_DONE')
  t.deepEqual(await world.stock('mug'), [9, 8])
})

test('lines that stock cannot meet void nothing, and the order keeps those that it has', async (t) => {
  const { world, orderId, order, edit, calls } = await underWay()
  const refusal = await refused(edit(11), 'insufficient_stock')
  t.like(refusal.lines, [{ requested: 11, available: 10 }])
  t.deepEqual(refusal.order, order)
  t.deepEqual(calls(), [])
  t.deepEqual(await world.stored(orderId), order)
})

test('lines that are short only after the fence leave the order failed with its old lines', async (t) => {
  const { world, orderId, edit, calls, paymentId } = await underWay()
  world.gateway.onTheWayBack = () => world.restock('mug', 2)
  const refusal = await refused(edit(3), 'insufficient_stock')
  t.like(refusal.lines, [{ requested: 3, available: 2 }])
  t.like(refusal.order, { state: 'PAYMENT_FAILED', total: euros(2598) })
  t.deepEqual(await world.stored(orderId), refusal.order)
  t.deepEqual(await world.stock('mug'), [2, 0])
  t.deepEqual(calls(), [`void ${paymentId}`])
})

test('a step that edits and pays but finds the money taken is refused, and the order is paid', async (t) => {
  const { world, orderId, edit, paymentId } = await underWay('lost')
  const refusal = await refused(edit(3), 'order_already_paid')
  t.like(refusal.payment, { id: paymentId, state: 'SUCCEEDED' })
  t.like(await world.stored(orderId), { state: 'PAYMENT_DONE', total: euros(2598) })
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a step that edits and pays changes nothing while the gateway is out of reach', async (t) => {
  const { world, orderId, order, edit } = await underWay()
  world.gateway.reachable = false
  t.deepEqual((await refused(edit(3), 'payment_outcome_unknown')).order, order)
  t.deepEqual(unmarked(await world.stored(orderId)), order)
  world.gateway.reachable = true
  t.is((await granted(edit(3))).order.state, 'PAYMENT_DONE')
})

test('nothing is voided for a step that edits and pays and would be refused in any case', async (t) => {
  const { world, orderId, order, edit, calls } = await underWay()
  await world.placed({ mug: 1 })
  await refused(edit(0), 'invalid_request')
  await refused(edit(1), 'duplicate_order')
  await refused(edit(3, { expectedTotal: euros(2598) }), 'total_changed')
  await refused(edit(3, { expectedVersions: [1] }), 'version_mismatch')
  world.gateway.available = false
  await refused(edit(3), 'gateway_unavailable')
  t.deepEqual(calls(), [])
  t.deepEqual((await world.stored(orderId)).history, order.history)
})

test('the limit of attempts holds for steps that edit and pay, and voids nothing', async (t) => {
  const { world, edit, calls } = await underWay()
  world.gateway.script = 'silent'
  for (const mug of [3, 4, 5, 6]) await granted(edit(mug))
  const before = calls().length
  await refused(edit(7), 'payment_attempts_exceeded')
  t.is(calls().length, before)
})

test('an order that was never charged for, or has failed, is not edited and paid in one step', async (t) => {
  const world = await createWorld()
  for (const state of ['CREATED', 'ORDER_FAILED', 'ORDER_CANCELLED'] as const) {
    const { id: orderId } = await orderIn(world, state)
    const refusal = await refused(
      world.retryPayment({ by: ann, orderId, lines: linesOf({ mug: 3 }) }),
      'illegal_transition',
    )
    t.is(refusal.action, 'retryPayment')
    if (state === 'CREATED') await granted(world.cancelOrder({ by: ann, orderId }))
  }
})
