import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, euros, granted, orderIn, refused } from '../support.ts'

test('a created order exchanges its reservation for that of the new lines, at today’s prices', async (t) => {
  const world = await createWorld({ mug: 10, cup: 5, pot: 5 })
  const { id: orderId } = await world.placed({ mug: 2, cup: 1 })
  await world.reprice('mug', euros(1500))
  world.time.now += 1000
  const lines = linesOf({ mug: 5, pot: 4 })
  const order = await granted(world.modifyOrder({ by: ann, orderId, lines }))
  t.like(order, { state: 'CREATED', version: 2, updatedAt: world.time.now })
  t.deepEqual(order.total, euros(5 * 1500 + 4 * 1299))
  t.like(order.history.at(-1), { from: 'CREATED', to: 'CREATED', action: 'modify', actor: 'ann' })
  t.deepEqual(await Promise.all(['mug', 'cup', 'pot'].map(world.stock)), [
    [10, 5],
    [5, 0],
    [5, 4],
  ])
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(world.gateway.calls, [])
})

test('an edit counts what the order holds already as available', async (t) => {
  const world = await createWorld({ mug: 3 })
  const { id: orderId } = await world.placed({ mug: 2 })
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  t.deepEqual(await world.stock('mug'), [3, 3])
})

test('an edit that stock cannot meet is refused, lists every short line and changes nothing', async (t) => {
  const world = await createWorld({ mug: 3, cup: 1, pot: 5 })
  const order = await world.placed({ mug: 2 })
  const lines = linesOf({ mug: 4, cup: 2, pot: 5 })
  const edit = world.modifyOrder({ by: ann, orderId: order.id, lines })
  const refusal = await refused(edit, 'insufficient_stock')
  t.deepEqual(refusal.lines, [
    { productId: 'prod_mug', sku: 'mug', requested: 4, available: 3 },
    { productId: 'prod_cup', sku: 'cup', requested: 2, available: 1 },
  ])
  t.deepEqual(refusal.order, order)
  t.deepEqual(await world.stored(order.id), order)
  t.deepEqual(await Promise.all(['mug', 'cup', 'pot'].map(world.stock)), [
    [3, 2],
    [1, 0],
    [5, 0],
  ])
})

test('an order whose payment failed takes new lines, stays failed, and is then retried', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  await world.reprice('mug', euros(1500))
  const order = await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  t.is(order.state, 'PAYMENT_FAILED')
  t.deepEqual(await world.stock('mug'), [10, 0])

  const { payment } = await granted(world.retryPayment({ by: ann, orderId }))
  t.deepEqual(payment.amount, euros(4500))
  t.is(payment.state, 'SUCCEEDED')
  t.deepEqual(await world.stock('mug'), [7, 0])
})

test('an order whose payment failed refuses lines that stock could not meet now', async (t) => {
  const world = await createWorld()
  const order = await orderIn(world, 'PAYMENT_FAILED')
  await world.placed({ mug: 9 }, bob)
  const edit = (mug: number) =>
    world.modifyOrder({ by: ann, orderId: order.id, lines: linesOf({ mug }) })
  const refusal = await refused(edit(3), 'insufficient_stock')
  t.like(refusal.lines, [{ requested: 3, available: 1 }])
  t.deepEqual(await world.stored(order.id), order)
  t.is((await granted(edit(1))).state, 'PAYMENT_FAILED')
})

test('an edit into the basket of another open order of its user is refused', async (t) => {
  const world = await createWorld()
  const first = await world.placed({ mug: 1 })
  const second = await world.placed({ mug: 2 })
  const edit = (orderId: string, mug: number) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }) })
  const refusal = await refused(edit(second.id, 1), 'duplicate_order')
  t.deepEqual([refusal.order.id, refusal.allowed], [first.id, ['modify', 'cancel', 'pay']])
  t.deepEqual(await world.stored(second.id), second)

  await granted(edit(first.id, 3))
  t.is((await granted(edit(second.id, 1))).state, 'CREATED')
})

test('an edit by somebody without a user obeys the duplicates of the order’s user', async (t) => {
  const world = await createWorld()
  await world.placed({ mug: 1 }, bob)
  const { id: orderId } = await world.placed({ mug: 2 })
  const edit = (mug: number) => world.modifyOrder({ by: admin, orderId, lines: linesOf({ mug }) })
  t.is((await granted(edit(1))).history.at(-1)?.actor, 'cli')
  await world.placed({ mug: 3 })
  t.is((await refused(edit(3), 'duplicate_order')).order.userId, 'ann')
})

test('an edit of an order to the lines that it has takes today’s prices', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  await world.reprice('mug', euros(100))
  const order = await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 2 }) }))
  t.deepEqual(order.total, euros(200))
  t.is((await granted(world.listMovements('prod_mug'))).length, 2, 'set and reserve')
})

test('an edit of an order to the lines that it has is no duplicate, even beside a permitted twin', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const twin = { by: ann, lines: linesOf({ mug: 2 }), allowDuplicate: true }
  await granted(world.createOrder(twin))
  const order = await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 2 }) }))
  t.is(order.version, 2)
})

test('an edit that expects other versions than the order’s is refused before anything else', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await world.placed({ mug: 1 })
  const edit = (expectedVersions: readonly number[], mug: number) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }), expectedVersions })
  const order = await granted(edit([7, version], 2))
  const refusal = await refused(edit([version], 0), 'version_mismatch')
  t.deepEqual('order' in refusal && refusal.order, order)
  await refused(edit([], 3), 'version_mismatch')
  t.deepEqual(await world.stored(orderId), order)
  t.is((await granted(edit([order.version], 3))).version, 3)
})

test('an edit with bad lines is refused and changes nothing', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 1 })
  const edit = (basket: Record<string, number>) =>
    world.modifyOrder({ by: ann, orderId: order.id, lines: linesOf(basket) })
  await refused(edit({}), 'invalid_request')
  await refused(edit({ mug: 1.5 }), 'invalid_request')
  const refusal = await refused(edit({ mug: 1, gone: 1 }), 'unknown_product')
  t.like(refusal.errors, [{ pointer: '/lines/1/productId' }])
  t.deepEqual(await world.stored(order.id), order)
})

test('somebody else’s order is not found and not edited', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 1 })
  const lines = linesOf({ mug: 2 })
  const edit = world.modifyOrder({ by: bob, orderId: order.id, lines })
  t.false('order' in (await refused(edit, 'order_not_found')))
  t.deepEqual(await world.stored(order.id), order)
})
