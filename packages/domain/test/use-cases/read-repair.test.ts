import test from 'ava'
import { ann, createWorld, granted, refused, type World } from '../support.ts'

/** An order for two of ten mugs whose payment has no outcome yet; the gateway may know more than we do. */
const pending = async (script: World['gateway']['script']) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  return { world, by: ann, orderId, paymentId: payment.id }
}

const actions = ['payOrder', 'retryPayment'] as const

test('pay and retry ask about the payment under way and give it as it is', async (t) => {
  for (const action of actions) {
    const { world, by, orderId, paymentId } = await pending('lost')
    const { payment, order } = await granted(world[action]({ by, orderId }))
    t.like(payment, { id: paymentId, state: 'SUCCEEDED' })
    t.is(order.state, 'PAYMENT_DONE')
    t.deepEqual(world.gateway.captures, [paymentId])
  }
})

test('a request that is repeated with its key while it is under way asks as well', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'lost'
  const idempotency = { key: 'k', fingerprint: 'f' }
  const pay = () => granted(world.payOrder({ by: ann, orderId, idempotency }))
  const { payment } = await pay()
  t.like(await pay(), { payment: { id: payment.id, state: 'SUCCEEDED' } })
  t.deepEqual(world.gateway.captures, [payment.id])
})

for (const action of actions) {
  test(`${action} asks about the payment under way and gives it as it is: declined`, async (t) => {
    const { world, by, orderId, paymentId } = await pending('pending')
    world.gateway.decide(paymentId, 'declined')
    const { payment, order } = await granted(world[action]({ by, orderId }))
    t.like(payment, { id: paymentId, state: 'FAILED', failure: { code: 'card_declined' } })
    t.is(order.state, 'PAYMENT_FAILED')
    t.is(world.gateway.charges.length, 1, 'a new attempt is the customer’s to ask for')
  })

  test(`${action} past the deadline fences the payment under way`, async (t) => {
    const { world, by, orderId, paymentId } = await pending('silent')
    world.time.now += 180_000
    const { payment } = await granted(world[action]({ by, orderId }))
    t.like(payment, { id: paymentId, failure: { code: 'acknowledgement_timeout' } })
    t.deepEqual(await world.stock('mug'), [10, 0])
  })

  test(`${action} while the gateway cannot say gives the payment under way, still pending`, async (t) => {
    const { world, by, orderId, paymentId } = await pending('lost')
    world.gateway.reachable = false
    const { payment } = await granted(world[action]({ by, orderId }))
    t.like(payment, { id: paymentId, state: 'PENDING' })
  })
}

test('cancel asks about the payment under way before it refuses: the order turns out paid', async (t) => {
  const { world, by, orderId } = await pending('lost')
  const refusal = await refused(world.cancelOrder({ by, orderId }), 'illegal_transition')
  t.is(refusal.order.state, 'PAYMENT_DONE')
  t.deepEqual(refusal.allowed, [])
})

test('cancel asks about the payment under way before it refuses: the payment turns out declined', async (t) => {
  const { world, by, orderId, paymentId } = await pending('pending')
  world.gateway.decide(paymentId, 'declined')
  const refusal = await refused(world.cancelOrder({ by, orderId }), 'illegal_transition')
  t.deepEqual(refusal.allowed, ['modify', 'retryPayment'])
})

test('cancel is refused while the gateway cannot say, and its key has that answer', async (t) => {
  const { world, by, orderId } = await pending('silent')
  const idempotency = { key: 'k', fingerprint: 'f' }
  const first = await refused(world.cancelOrder({ by, orderId, idempotency }), 'illegal_transition')
  t.is(first.order.state, 'PAYMENT_IN_PROGRESS')
  world.time.now += 180_000
  await world.reconcilePayments()
  const again = await refused(world.cancelOrder({ by, orderId, idempotency }), 'illegal_transition')
  t.deepEqual(again, first)
})

test('while the gateway takes no charges nothing is begun, and nothing is held by a retry', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.available = false
  const before = await world.stored(orderId)
  const refusal = await refused(world.payOrder({ by: ann, orderId }), 'gateway_unavailable')
  t.deepEqual(refusal.order, before)
  t.deepEqual(await world.stored(orderId), before)
  t.deepEqual(world.gateway.calls, [])
})

test('while the gateway takes no charges a paid order is still said to be paid', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.available = false
  const refusal = await refused(world.payOrder({ by: ann, orderId }), 'order_already_paid')
  t.is(refusal.payment.state, 'SUCCEEDED')
})
