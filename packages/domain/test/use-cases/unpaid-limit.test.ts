import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, granted, orderIn, refused, type World } from '../support.ts'

const limited = (unpaidOrders = 2, mug = 100) => createWorld({ mug }, { unpaidOrders })
const create = (world: World, mug: number, by = ann) =>
  world.createOrder({ by, lines: linesOf({ mug }) })

test('an order that would hold more than a user may is refused with the oldest of them, and stores nothing', async (t) => {
  const world = await limited()
  const oldest = await world.placed({ mug: 1 })
  world.time.now += 1000
  await world.placed({ mug: 2 })
  const refusal = await refused(create(world, 3), 'too_many_unpaid_orders')
  t.deepEqual(refusal.order, oldest)
  t.deepEqual(refusal.allowed, ['modify', 'cancel', 'pay'])
  t.is(refusal.retryAfterMs, 60_000)
  t.regex(refusal.detail, new RegExp(`At most 2 .*${oldest.id}`))
  t.is((await granted(world.listOrders({ by: ann, limit: 9 }))).items.length, 2)
  t.deepEqual(await world.stock('mug'), [100, 3])
  t.is((await granted(create(world, 3, bob))).state, 'CREATED', 'another user is served')
})

for (const [what, free] of [
  ['paid', (world: World, orderId: string) => world.payOrder({ by: ann, orderId })],
  ['cancelled', (world: World, orderId: string) => world.cancelOrder({ by: ann, orderId })],
] as const) {
  test(`once the oldest is ${what} the same request is granted, under the same key`, async (t) => {
    const world = await limited()
    const { id } = await world.placed({ mug: 1 })
    await world.placed({ mug: 2 })
    const idempotency = { key: 'k', fingerprint: 'f' }
    const request = { by: ann, lines: linesOf({ mug: 3 }), idempotency }
    await refused(world.createOrder(request), 'too_many_unpaid_orders')
    t.true((await free(world, id)).isOk())
    t.is((await granted(world.createOrder(request))).state, 'CREATED')
  })
}

test('a payment under way holds stock and counts; the order itself can be paid and edited', async (t) => {
  const world = await limited(1)
  const { id: orderId } = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  const refusal = await refused(create(world, 3), 'too_many_unpaid_orders')
  t.like(refusal, { order: { id: orderId, state: 'PAYMENT_IN_PROGRESS' }, allowed: ['modify'] })
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 5 }) }))
  t.is((await granted(world.retryPayment({ by: ann, orderId }))).payment.state, 'SUCCEEDED')
})

test('what holds nothing is not refused: an order that is short is stored as failed', async (t) => {
  const world = await limited(1, 5)
  await world.placed({ mug: 1 })
  t.is((await world.placed({ mug: 9 })).state, 'ORDER_FAILED')
})

test('a retry of an order begins to hold stock: it is refused while as many others do as may', async (t) => {
  const world = await limited(1, 5)
  const failed = await world.placed({ mug: 9 })
  const { id: orderId } = await world.placed({ mug: 1 })
  await world.restock('mug', 50)
  const retry = () => world.retryOrder({ by: ann, orderId: failed.id })
  t.is((await refused(retry(), 'too_many_unpaid_orders')).order.id, orderId)
  t.deepEqual(await world.stored(failed.id), failed)
  const operators = world.retryOrder({ by: admin, orderId: failed.id })
  await refused(operators, 'too_many_unpaid_orders')
  await granted(world.cancelOrder({ by: ann, orderId }))
  t.is((await granted(retry())).state, 'CREATED')
})

test('a retry of a payment begins to hold stock: it is refused while as many others do as may', async (t) => {
  const world = await limited(1)
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  const other = await world.placed({ mug: 1 })
  const calls = world.gateway.calls.length
  const retry = () => world.retryPayment({ by: ann, orderId })
  t.is((await refused(retry(), 'too_many_unpaid_orders')).order.id, other.id)
  t.is(world.gateway.calls.length, calls, 'nothing is charged')
  t.is((await world.stored(orderId)).state, 'PAYMENT_FAILED')
  await granted(world.payOrder({ by: ann, orderId: other.id }))
  t.is((await granted(retry())).payment.state, 'SUCCEEDED')
})

test('of fifty orders at once a user holds as many as they may', async (t) => {
  const world = await limited(20, 10_000)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => create(world, index + 1)),
  )
  t.is(answers.filter((answer) => answer.isOk()).length, 20)
})

test('without a limit a user holds any number', async (t) => {
  const world = await limited(0, 10_000)
  for (let mug = 1; mug <= 30; mug += 1) t.is((await world.placed({ mug })).state, 'CREATED')
})
