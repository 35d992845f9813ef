import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, bob, createWorld, euros, granted, orderIn, refused } from '../support.ts'

const MINUTE = 60_000

test('a retried payment is a new attempt with a new id, and pays the order', async (t) => {
  const world = await createWorld()
  const failed = await orderIn(world, 'PAYMENT_FAILED')
  const request = { by: ann, orderId: failed.id, paymentMethod: 'other_card' }
  const { payment, order } = await granted(world.retryPayment(request))
  t.like(payment, { attempt: 2, state: 'SUCCEEDED', paymentMethod: 'other_card', orderVersion: 4 })
  t.not(payment.id, failed.payments[0]?.id)
  t.deepEqual(order.payments, [...failed.payments, payment])
  t.is(order.state, 'PAYMENT_DONE')
  t.deepEqual(await world.stored(order.id), order)
  t.deepEqual(await world.stock('mug'), [8, 0])
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('a retried payment holds the stock again while it is under way', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  t.deepEqual(await world.stock('mug'), [10, 0])
  world.gateway.script = 'silent'
  const { order } = await granted(world.retryPayment({ by: ann, orderId }))
  t.is(order.state, 'PAYMENT_IN_PROGRESS')
  const entry = { from: 'PAYMENT_FAILED', to: 'PAYMENT_IN_PROGRESS', action: 'retryPayment' }
  t.like(order.history.at(-1), { ...entry, paymentId: order.payments[1]?.id, actor: 'ann' })
  t.deepEqual(await world.stock('mug'), [10, 2])
})

test('a retry that stock cannot meet is refused without a call to the gateway', async (t) => {
  const world = await createWorld()
  const order = await orderIn(world, 'PAYMENT_FAILED')
  await world.placed({ mug: 9 }, bob)
  const retry = () => world.retryPayment({ by: ann, orderId: order.id })
  const refusal = await refused(retry(), 'insufficient_stock')
  t.like(refusal.lines, [{ sku: 'mug', requested: 2, available: 1 }])
  t.deepEqual(refusal.order, order)
  t.deepEqual(await world.stored(order.id), order)
  t.is(world.gateway.calls.length, 1, 'the charge that failed before')
  t.deepEqual(await world.stock('mug'), [10, 9])

  await world.restock('mug', 11)
  t.is((await granted(retry())).order.state, 'PAYMENT_DONE')
})

test('a retry that is declined again gives the stock back again', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  world.gateway.script = 'declined'
  const { order } = await granted(world.retryPayment({ by: ann, orderId }))
  t.is(order.state, 'PAYMENT_FAILED')
  t.like(order.payments, [{ state: 'FAILED' }, { state: 'FAILED' }])
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('a retry is charged at the price that the order has, not at today’s', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  await world.reprice('mug', euros(1))
  const retry = (amountMinor: number) =>
    world.retryPayment({ by: ann, orderId, expectedTotal: euros(amountMinor) })
  await refused(retry(2), 'total_changed')
  t.deepEqual((await granted(retry(2598))).payment.amount, euros(2598))
  t.deepEqual(world.gateway.charges.at(-1)?.amount, euros(2598))
})

test('of many retries at once one is made', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  const retry = () => granted(world.retryPayment({ by: ann, orderId }))
  const claims = await Promise.all([retry(), retry(), retry()])
  t.is(new Set(claims.map(({ payment }) => payment.id)).size, 1)
  t.is(world.gateway.captures.length, 1)
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a sixth attempt within ten minutes is refused, and allowed when the first is old', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const start = world.time.now
  world.gateway.script = 'declined'
  await granted(world.payOrder({ by: ann, orderId }))
  for (const minute of [1, 2, 3, 4]) {
    world.time.now = start + minute * MINUTE
    await granted(world.retryPayment({ by: ann, orderId }))
  }
  const order = await world.stored(orderId)
  const retry = () => world.retryPayment({ by: ann, orderId })
  const refusal = await refused(retry(), 'payment_attempts_exceeded')
  t.is(refusal.retryAfterMs, 6 * MINUTE)
  t.deepEqual(await world.stored(orderId), order)
  t.is(world.gateway.calls.length, 5)
  t.deepEqual(await world.stock('mug'), [10, 0])

  world.time.now += refusal.retryAfterMs - 1
  t.is((await refused(retry(), 'payment_attempts_exceeded')).retryAfterMs, 1)
  world.time.now += 1
  world.gateway.script = 'captured'
  t.is((await granted(retry())).payment.attempt, 6)
  t.is(world.gateway.captures.length, 1)
})

test('the limit of attempts is the order’s own', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  await granted(world.payOrder({ by: ann, orderId }))
  for (const mug of [3, 4, 5, 6]) {
    await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }) }))
    await granted(world.retryPayment({ by: ann, orderId }))
  }
  await refused(world.retryPayment({ by: ann, orderId }), 'payment_attempts_exceeded')
  const other = await world.placed({ mug: 1 })
  const { payment } = await granted(world.payOrder({ by: ann, orderId: other.id }))
  t.is(payment.attempt, 1)
})
