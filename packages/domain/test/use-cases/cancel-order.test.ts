import test from 'ava'
import { admin, ann, bob, createWorld, granted, refused } from '../support.ts'

test('a created order is cancelled, and its stock released', async (t) => {
  const world = await createWorld({ mug: 10, cup: 5 })
  const { id: orderId } = await world.placed({ mug: 2, cup: 1 })
  world.time.now += 1000
  const order = await granted(world.cancelOrder({ by: ann, orderId }))
  t.like(order, { state: 'ORDER_CANCELLED', version: 2, updatedAt: world.time.now })
  const entry = { from: 'CREATED', to: 'ORDER_CANCELLED', action: 'cancel', actor: 'ann' }
  t.like(order.history.at(-1), entry)
  t.deepEqual(
    [await world.stock('mug'), await world.stock('cup')],
    [
      [10, 0],
      [5, 0],
    ],
  )
  t.deepEqual(await world.stored(orderId), order)
})

test('cancelling a cancelled order answers the same and changes nothing', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const first = await granted(world.cancelOrder({ by: ann, orderId }))
  world.time.now += 1000
  t.deepEqual(await granted(world.cancelOrder({ by: ann, orderId })), first)
  t.deepEqual(await world.stored(orderId), first)
  t.deepEqual(await world.stock('mug'), [10, 0])
  t.is((await granted(world.listMovements('prod_mug'))).length, 3, 'set, reserve, release')
})

test('an order cancelled from several sides at once gives its stock back once', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  await world.placed({ mug: 3 })
  const cancel = () => granted(world.cancelOrder({ by: ann, orderId }))
  await Promise.all([cancel(), cancel(), cancel()])
  t.deepEqual(await world.stock('mug'), [10, 3])
})

test('somebody else’s order is not found and not cancelled', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 2 })
  const refusal = await refused(
    world.cancelOrder({ by: bob, orderId: order.id }),
    'order_not_found',
  )
  const { detail } = await refused(world.cancelOrder({ by: bob, orderId: 'X' }), 'order_not_found')
  t.is(refusal.detail.replace(order.id, 'X'), detail, 'no word tells the two apart')
  t.deepEqual(await world.stored(order.id), order)
})

test('a caller without a user may cancel anybody’s order, and history names the caller', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const order = await granted(world.cancelOrder({ by: admin, orderId }))
  t.is(order.history.at(-1)?.actor, 'cli')
  t.is(order.userId, 'ann')
})
