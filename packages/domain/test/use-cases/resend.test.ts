import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, euros, granted, refused } from '../support.ts'

const SECOND = 1000

/** An order for two of ten mugs whose charge never arrived at the gateway, which works again now. */
const neverArrived = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const idempotency = { key: 'k', fingerprint: 'f' }
  world.gateway.script = 'silent'
  const { payment } = await granted(world.payOrder({ by: ann, orderId, idempotency }))
  world.gateway.script = 'captured'
  world.gateway.calls.length = 0
  const first = { idempotencyKey: payment.id, amount: euros(2598), paymentMethod: 'fake_approve' }
  return { world, by: ann, orderId, idempotency, payment, first }
}

for (const action of ['payOrder', 'retryPayment'] as const) {
  test(`${action} sends a charge that never arrived again, as it was and under its own key`, async (t) => {
    const { world, by, orderId, payment, first } = await neverArrived()
    world.time.now += 179 * SECOND
    const asked = { by, orderId, paymentMethod: 'fake_other' }
    const { payment: ended, order } = await granted(world[action](asked))
    t.like(ended, { id: payment.id, state: 'SUCCEEDED', paymentMethod: 'fake_approve' })
    t.is(order.state, 'PAYMENT_DONE')
    t.deepEqual(world.gateway.charges, [first, first])
    t.deepEqual(world.gateway.captures, [payment.id])
    t.deepEqual(await world.stock('mug'), [8, 0])
  })
}

test('a repeated key sends a charge that never arrived again, and has the answer from then on', async (t) => {
  const { world, by, orderId, idempotency, payment } = await neverArrived()
  const pay = () => granted(world.payOrder({ by, orderId, idempotency }))
  const ended = await pay()
  t.like(ended.payment, { id: payment.id, state: 'SUCCEEDED' })
  t.deepEqual(await pay(), ended)
  t.is(world.gateway.charges.length, 2)
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('a charge that is sent again may be declined, or go on being silent', async (t) => {
  const declined = await neverArrived()
  declined.world.gateway.script = 'declined'
  const { payment } = await granted(declined.world.payOrder(declined))
  t.like(payment, { state: 'FAILED', failure: { code: 'card_declined' } })

  const silent = await neverArrived()
  silent.world.gateway.script = 'silent'
  t.like(await granted(silent.world.payOrder(silent)), { payment: { state: 'PENDING' } })
  t.deepEqual(await silent.world.stock('mug'), [10, 2])
})

test('customers who repeat all at once, and the reconciler with them, move the money once', async (t) => {
  const { world, by, orderId, idempotency, payment } = await neverArrived()
  world.time.now += 2 * SECOND
  const answers = await Promise.all([
    granted(world.payOrder({ by, orderId })),
    granted(world.retryPayment({ by, orderId })),
    granted(world.payOrder({ by, orderId, idempotency })),
    world.reconcilePayments(),
  ])
  t.deepEqual(
    answers.slice(0, 3).map((each) => 'payment' in each && [each.payment.id, each.payment.state]),
    Array(3).fill([payment.id, 'SUCCEEDED']),
  )
  t.deepEqual(world.gateway.captures, [payment.id])
  t.deepEqual(await world.stock('mug'), [8, 0])
})

for (const age of [2, 5, 15, 30]) {
  test(`the reconciler sends a charge that never arrived again at its look after ${age} seconds`, async (t) => {
    const { world, payment, first } = await neverArrived()
    world.time.now += age * SECOND
    t.like((await world.reconcilePayments()).concluded, [{ id: payment.id, state: 'SUCCEEDED' }])
    t.deepEqual(world.gateway.charges, [first, first])
    t.deepEqual(world.gateway.captures, [payment.id])
  })
}

test('after the first half minute the reconciler sends nothing of its own accord', async (t) => {
  const { world, payment } = await neverArrived()
  for (const age of [60, 120]) {
    world.time.now = payment.createdAt + age * SECOND
    t.like((await world.reconcilePayments()).stillPending, [{ id: payment.id }])
  }
  t.is(world.gateway.charges.length, 1)
})

test('from the deadline on nothing is sent again: the attempt is fenced', async (t) => {
  const { world, by, orderId, payment } = await neverArrived()
  world.time.now += 180 * SECOND
  const { payment: ended } = await granted(world.payOrder({ by, orderId }))
  t.like(ended, { state: 'FAILED', failure: { code: 'acknowledgement_timeout' } })
  t.deepEqual(world.gateway.calls, [`lookup ${payment.id}`, `void ${payment.id}`])
  t.deepEqual(world.gateway.captures, [])
})

test('the deadline that passes while the gateway is asked lets nothing be sent again', async (t) => {
  const { world, by, orderId, payment } = await neverArrived()
  world.gateway.onTheWayBack = async () => {
    world.time.now += 180 * SECOND
  }
  await granted(world.payOrder({ by, orderId }))
  t.deepEqual(world.gateway.calls, [`lookup ${payment.id}`, `void ${payment.id}`])
})

test('an edit that fences the attempt while it is about to be sent again wins: nothing is charged', async (t) => {
  const { world, by, orderId, payment } = await neverArrived()
  world.gateway.onTheWayBack = async () => {
    await granted(world.modifyOrder({ by, orderId, lines: linesOf({ mug: 1 }) }))
  }
  const { payment: ended, order } = await granted(world.payOrder({ by, orderId }))
  t.like(ended, { id: payment.id, state: 'FAILED', failure: { code: 'superseded' } })
  t.is(order.lines[0]?.quantity, 1)
  t.deepEqual(world.gateway.captures, [])
})

test('who wants to cancel sends nothing again', async (t) => {
  const { world, by, orderId, payment } = await neverArrived()
  await refused(world.cancelOrder({ by, orderId }), 'illegal_transition')
  t.deepEqual(world.gateway.calls, [`lookup ${payment.id}`])
})

test('while too much is under way to the gateway nothing is sent again, and the repeat is told so at once', async (t) => {
  const { world, by, orderId, payment } = await neverArrived()
  world.gateway.available = false
  world.time.now += 2 * SECOND
  t.like(await granted(world.payOrder({ by, orderId })), { payment: { state: 'PENDING' } })
  t.like((await world.reconcilePayments()).stillPending, [{ id: payment.id }])
  t.deepEqual(world.gateway.calls, [`lookup ${payment.id}`, `lookup ${payment.id}`])
  world.gateway.available = true
  t.like(await granted(world.payOrder({ by, orderId })), { payment: { state: 'SUCCEEDED' } })
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('at another gateway nothing is sent again', async (t) => {
  const { world, by, orderId } = await neverArrived()
  world.gateway.id = 'gw_another'
  t.like(await granted(world.payOrder({ by, orderId })), { payment: { state: 'PENDING' } })
  await world.reconcilePayments({ all: true })
  t.is(world.gateway.charges.length, 1)
})

test('a charge that never arrived is not sent to another gateway that the database was bound to since', async (t) => {
  const { world, by, orderId, payment, first } = await neverArrived()
  const { id: insteadOf } = world.gateway
  await world.store.bindGateway({ gatewayId: 'gw_other', insteadOf, at: world.time.now })
  world.gateway.id = 'gw_other'
  t.like(await granted(world.payOrder({ by, orderId })), { payment: { state: 'PENDING' } })
  world.time.now += 2 * SECOND
  await world.reconcilePayments({ all: true })
  t.deepEqual(world.gateway.charges, [first])
  t.deepEqual(world.gateway.captures, [], 'nobody knows what the first one has taken')
  world.time.now += 180 * SECOND
  t.like((await world.reconcilePayments({ all: true })).concluded, [
    { id: payment.id, failure: { code: 'acknowledgement_timeout' } },
  ])
})
