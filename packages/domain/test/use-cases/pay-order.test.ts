import test from 'ava'
import { NOON } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, euros, granted, orderIn, refused } from '../support.ts'

test('an approved charge pays the order once, and takes its stock', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const { payment, order } = await granted(world.payOrder({ by: ann, orderId }))
  t.like(payment, { orderId, attempt: 1, state: 'SUCCEEDED', failure: null, orderVersion: 2 })
  t.regex(payment.id, /^pay_/)
  t.like(payment, { paymentMethod: 'fake_approve', amount: euros(2598), createdAt: NOON })
  t.deepEqual([order.state, order.payments], ['PAYMENT_DONE', [payment]])
  t.like(order.history.slice(1), [
    { action: 'startPayment', to: 'PAYMENT_IN_PROGRESS', actor: 'ann', paymentId: payment.id },
    { action: 'paymentSucceeded', to: 'PAYMENT_DONE', actor: 'ann', paymentId: payment.id },
  ])
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(await world.stock('mug'), [8, 0])
  const charge = { amount: euros(2598), paymentMethod: 'fake_approve' }
  t.deepEqual(world.gateway.charges, [{ idempotencyKey: payment.id, ...charge }])
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('a declined charge is a failed payment, and the stock is released', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  const pay = world.payOrder({ by: ann, orderId, paymentMethod: 'fake_decline' })
  const { payment, order } = await granted(pay)
  const failure = { code: 'card_declined', detail: 'No.' }
  t.like(payment, { state: 'FAILED', paymentMethod: 'fake_decline', failure })
  t.deepEqual([order.state, order.payments], ['PAYMENT_FAILED', [payment]])
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(await world.stock('mug'), [10, 0])
  t.deepEqual(world.gateway.captures, [])
})

for (const script of ['silent', 'lost', 'pending'] as const) {
  test(`a charge that is ${script} is pending, not failed, and its stock stays held`, async (t) => {
    const world = await createWorld()
    const { id: orderId } = await world.placed({ mug: 2 })
    world.gateway.script = script
    const { payment, order } = await granted(world.payOrder({ by: ann, orderId }))
    t.like(payment, { state: 'PENDING', failure: null, overdue: false })
    t.deepEqual([order.state, order.payments], ['PAYMENT_IN_PROGRESS', [payment]])
    t.deepEqual(await world.stored(orderId), order)
    t.deepEqual(await world.stock('mug'), [10, 2])
  })

  test(`paying again while a charge is ${script} gives the same payment and charges nothing`, async (t) => {
    const world = await createWorld()
    const { id: orderId } = await world.placed({ mug: 2 })
    world.gateway.script = script
    const claimed = await granted(world.payOrder({ by: ann, orderId }))
    const payment = { ...claimed.payment, outcome: 'unknown' as const } // It is out of reach from now on.
    const first = { payment, order: { ...claimed.order, payments: [payment] } }
    world.gateway.script = 'captured'
    world.gateway.reachable = false
    world.time.now += 1000
    for (const again of [world.payOrder, world.retryPayment]) {
      t.deepEqual(await granted(again({ by: ann, orderId })), first)
    }
    t.is(world.gateway.charges.length, 1)
    t.deepEqual(await world.stored(orderId), first.order)
  })
}

test('of many payments at once one is made, and the money moves once', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const pay = () => granted(world.payOrder({ by: ann, orderId }))
  const claims = await Promise.all([pay(), pay(), pay(), pay()])
  t.is(new Set(claims.map(({ payment }) => payment.id)).size, 1)
  t.is(world.gateway.charges.length, 1)
  t.is(world.gateway.captures.length, 1)
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a paid order is not charged again, and the payment that paid it is named', async (t) => {
  const world = await createWorld()
  const order = await orderIn(world, 'PAYMENT_DONE')
  const refusal = await refused(
    world.payOrder({ by: ann, orderId: order.id }),
    'order_already_paid',
  )
  t.deepEqual([refusal.order, refusal.payment], [order, order.payments[0]])
  t.is(world.gateway.captures.length, 1)
})

test('paying an order whose payment failed points at retry payment', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  const refusal = await refused(world.payOrder({ by: ann, orderId }), 'illegal_transition')
  t.true(refusal.allowed.includes('retryPayment'))
  t.regex(refusal.detail, /retryPayment/)
  t.is(world.gateway.calls.length, 1)
})

test('a charge of another total than the customer expects is refused before it is made', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 2 })
  const pay = (expectedTotal: ReturnType<typeof euros>) =>
    world.payOrder({ by: ann, orderId: order.id, expectedTotal })
  t.deepEqual((await refused(pay(euros(2597)), 'total_changed')).order, order)
  await refused(pay({ amountMinor: 2598, currency: 'USD' }), 'total_changed')
  t.deepEqual(await world.stored(order.id), order)
  t.deepEqual(world.gateway.calls, [])
  t.is((await granted(pay(euros(2598)))).payment.state, 'SUCCEEDED')
})

test('somebody else’s order is not found and not charged', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 2 })
  for (const pay of [world.payOrder, world.retryPayment]) {
    const refusal = await refused(pay({ by: bob, orderId: order.id }), 'order_not_found')
    t.regex(refusal.detail, new RegExp(order.id))
  }
  t.deepEqual(world.gateway.calls, [])
  t.deepEqual(await world.stored(order.id), order)
  t.is((await granted(world.payOrder({ by: admin, orderId: order.id }))).order.userId, 'ann')
})
