import { MAX_AMOUNT_MINOR } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, bob, createWorld, euros, granted, refused } from '../support.ts'

test('an order that failed is created once stock can meet it, at today’s prices', async (t) => {
  const world = await createWorld({ mug: 1, cup: 1 })
  const failed = await world.placed({ mug: 3, cup: 1 })
  await world.restock('mug', 3)
  await world.reprice('mug', euros(1500))
  world.time.now += 1000

  const order = await granted(world.retryOrder({ by: ann, orderId: failed.id }))
  t.like(order, { id: failed.id, state: 'CREATED', version: 2, failure: null })
  t.deepEqual(order.total, euros(3 * 1500 + 1299))
  const entry = { seq: 2, from: 'ORDER_FAILED', to: 'CREATED', action: 'retryOrder' }
  t.like(order.history.at(-1), { ...entry, actor: 'ann', reason: null, at: world.time.now })
  t.deepEqual(
    [await world.stock('mug'), await world.stock('cup')],
    [
      [3, 3],
      [1, 1],
    ],
  )
  t.deepEqual(await world.stored(order.id), order)
})

test('an order that is still short stays failed, with a fresh failure at today’s prices', async (t) => {
  const world = await createWorld({ mug: 1, cup: 0 })
  const failed = await world.placed({ mug: 3, cup: 1 })
  await world.restock('mug', 2)
  await world.restock('cup', 1)
  world.time.now += 1000
  await world.reprice('mug', euros(1500))

  const order = await granted(world.retryOrder({ by: ann, orderId: failed.id }))
  t.is(order.state, 'ORDER_FAILED')
  t.deepEqual(order.failure?.lines, [
    { productId: 'prod_mug', sku: 'mug', requested: 3, available: 2 },
  ])
  t.deepEqual(order.total, euros(3 * 1500 + 1299))
  const entry = { seq: 2, from: 'ORDER_FAILED', to: 'ORDER_FAILED', action: 'retryOrder' }
  const circumstances = { actor: 'ann', at: world.time.now, reason: 'insufficient_stock' }
  t.like(order.history.at(-1), { ...entry, ...circumstances })
  t.deepEqual(await world.stock('cup'), [1, 0])
  t.deepEqual(await world.stored(order.id), order)
})

test('an order that costs too much today is refused and stays as it is', async (t) => {
  const world = await createWorld({ mug: 1 })
  const failed = await world.placed({ mug: 2 })
  await world.restock('mug', 2)
  await world.reprice('mug', euros(MAX_AMOUNT_MINOR))
  const retried = world.retryOrder({ by: ann, orderId: failed.id })
  t.is((await refused(retried, 'amount_too_large')).code, 'amount_too_large')
  t.deepEqual(await world.stored(failed.id), failed)
  t.deepEqual(await world.stock('mug'), [2, 0])
})

test('an order of somebody else’s, or of nobody, is not found and not retried', async (t) => {
  const world = await createWorld({ mug: 0 })
  const failed = await world.placed({ mug: 1 })
  await world.restock('mug', 1)
  await refused(world.retryOrder({ by: bob, orderId: failed.id }), 'order_not_found')
  await refused(world.retryOrder({ by: ann, orderId: 'ord_none' }), 'order_not_found')
  t.is((await world.stored(failed.id)).state, 'ORDER_FAILED')
  t.deepEqual(await world.stock('mug'), [1, 0])
})

test('an order that failed is tried again with other lines, such as three of five', async (t) => {
  const world = await createWorld({ mug: 3, cup: 1 })
  const failed = await world.placed({ mug: 5 })
  const retry = (basket: Readonly<Record<string, number>>, orderId = failed.id) =>
    world.retryOrder({ by: ann, orderId, lines: linesOf(basket) })
  const stillShort = await granted(retry({ mug: 4 }))
  t.like(stillShort, { state: 'ORDER_FAILED', total: euros(4 * 1299) })
  t.like(stillShort.failure?.lines, [{ requested: 4, available: 3 }])
  await world.placed({ cup: 1 })
  await refused(retry({ cup: 1 }), 'duplicate_order')
  await refused(retry({ none: 1 }), 'unknown_product')
  const order = await granted(retry({ mug: 3 }))
  t.like(order, { state: 'CREATED', total: euros(3 * 1299), failure: null })
  t.like(order.lines, [{ quantity: 3 }])
  t.is(order.version, 3)
  t.deepEqual(await world.stock('mug'), [3, 3])
  t.deepEqual(await world.stored(order.id), order)
})
