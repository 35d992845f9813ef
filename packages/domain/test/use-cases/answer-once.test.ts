import type { Buyer } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, euros, granted, refused } from '../support.ts'

/** A key that counts its replays. */
const aKey = (key = 'key-1', fingerprint = 'request-1') => {
  const counter = { replays: 0 }
  const onReplay = () => {
    counter.replays += 1
  }
  return { counter, idempotency: { key, fingerprint, onReplay } }
}

test('a repeated key gives the same answer again, tells so, and makes nothing new', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const place = () =>
    granted(world.createOrder({ by: ann, lines: linesOf({ mug: 1 }), idempotency }))
  const first = await place()
  t.is(counter.replays, 0)
  await granted(world.modifyOrder({ by: ann, orderId: first.id, lines: linesOf({ mug: 2 }) }))
  world.time.now += 3_600_000
  t.is(JSON.stringify(await place()), JSON.stringify(first), 'the first answer, to the byte')
  t.is(counter.replays, 1)
  t.is((await granted(world.listOrders({ by: ann, limit: 9 }))).items.length, 1)
  t.deepEqual(await world.stock('mug'), [10, 2])
})

test('a key that comes twice at once acts once', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const place = () =>
    granted(
      world.createOrder({
        by: ann,
        lines: linesOf({ mug: 1 }),
        allowDuplicate: true,
        idempotency,
      }),
    )
  const [first, second] = await Promise.all([place(), place()])
  t.deepEqual(second, first)
  t.is(counter.replays, 1)
  t.deepEqual(await world.stock('mug'), [10, 1])
})

test('a key that comes with another request is refused, and the first answer stays', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const first = await granted(
    world.createOrder({ by: ann, lines: linesOf({ mug: 1 }), idempotency }),
  )
  const other = aKey('key-1', 'request-2')
  const cancel = { by: ann, orderId: first.id, idempotency: other.idempotency }
  await refused(world.cancelOrder(cancel), 'idempotency_key_reused')
  t.deepEqual(await world.stored(first.id), first)
  t.deepEqual([counter.replays, other.counter.replays], [0, 0])
  const again = world.createOrder({ by: ann, lines: linesOf({ mug: 1 }), idempotency })
  t.deepEqual(await granted(again), first)
})

test('a key keeps its refusal, even if the request would be granted by now', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  const { counter, idempotency } = aKey()
  const edit = () =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 11 }), idempotency })
  const first = await refused(edit(), 'insufficient_stock')
  await world.restock('mug', 20)
  t.deepEqual(await refused(edit(), 'insufficient_stock'), first)
  t.is(counter.replays, 1)
  const newKey = { idempotency: aKey('key-2').idempotency }
  const anew = world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 11 }), ...newKey })
  t.is((await granted(anew)).version, 2)
})

test('a key keeps an order that failed as it was then', async (t) => {
  const world = await createWorld({ mug: 0 })
  const { idempotency } = aKey()
  const place = () =>
    granted(world.createOrder({ by: ann, lines: linesOf({ mug: 1 }), idempotency }))
  const first = await place()
  await world.restock('mug', 1)
  await granted(world.retryOrder({ by: ann, orderId: first.id }))
  t.like(await place(), { id: first.id, state: 'ORDER_FAILED', version: 1 })
})

test('a key does not keep a refusal that promises nothing', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const cancel = () => world.cancelOrder({ by: ann, orderId: 'ord_0001', idempotency })
  await refused(cancel(), 'order_not_found')
  const { id } = await world.placed({ mug: 1 })
  t.is(id, 'ord_0001')
  t.is((await granted(cancel())).state, 'ORDER_CANCELLED')
  t.is(counter.replays, 0)
})

test('the keys of different users do not meet', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const lines = linesOf({ mug: 1 })
  const anns = await granted(world.createOrder({ by: ann, lines, idempotency }))
  const other = { ...idempotency, fingerprint: 'request-2' }
  const bobs = await granted(world.createOrder({ by: bob, lines, idempotency: other }))
  t.deepEqual([anns.userId, bobs.userId, counter.replays], ['ann', 'bob', 0])
  const again = await granted(world.createOrder({ by: bob, lines, idempotency: other }))
  t.is(again.id, bobs.id)
})

test('a key belongs to the user on whose behalf it comes, whoever acts', async (t) => {
  const world = await createWorld()
  const { counter, idempotency } = aKey()
  const place = (by: Buyer) =>
    granted(world.createOrder({ by, lines: linesOf({ mug: 1 }), idempotency }))
  const anns = await place(ann)
  t.is((await place({ operator: 'cli', onBehalfOf: 'ann' })).id, anns.id)
  t.is(counter.replays, 1)
  t.is((await place({ operator: 'cli', onBehalfOf: 'bob' })).userId, 'bob')
  t.is(counter.replays, 1)
})

test('without a key a repeated request is a new one', async (t) => {
  const world = await createWorld()
  const place = () =>
    granted(world.createOrder({ by: ann, lines: linesOf({ mug: 1 }), allowDuplicate: true }))
  t.not((await place()).id, (await place()).id)
})

test('a key of an edit that the gateway kept waiting is judged anew', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'silent'
  await granted(world.payOrder({ by: ann, orderId }))
  const { counter, idempotency } = aKey()
  const edit = () =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }), idempotency })
  world.gateway.reachable = false
  await refused(edit(), 'payment_outcome_unknown')
  world.gateway.reachable = true
  const order = await granted(edit())
  t.deepEqual([order.state, order.total, counter.replays], ['PAYMENT_FAILED', euros(3897), 0])
  t.deepEqual(await granted(edit()), order)
  t.is(counter.replays, 1)
  t.is((await world.stored(orderId)).version, order.version)
})

test('every other write keeps its answer under its key as well', async (t) => {
  const world = await createWorld({ mug: 0, cup: 1 })
  const { id: failed } = await world.placed({ mug: 1 })
  const { id: created } = await world.placed({ cup: 1 })
  await world.restock('mug', 1)
  const price = euros(1)
  const product = { sku: 'pan', name: 'A pan', description: '', price, quantity: 1 }
  const writes = [
    () => world.retryOrder({ by: ann, orderId: failed, ...aKey('a') }),
    () => world.cancelOrder({ by: ann, orderId: created, ...aKey('b') }),
    () => world.createProduct({ by: admin, ...product, ...aKey('c') }),
    () => world.updateProduct({ by: admin, productId: 'prod_cup', quantityDelta: 1, ...aKey('d') }),
  ]
  for (const write of writes)
    t.deepEqual((await write())._unsafeUnwrap(), (await write())._unsafeUnwrap())
  t.deepEqual(await world.stock('mug'), [1, 1])
  t.deepEqual(await world.stock('cup'), [2, 0])
  t.deepEqual(await world.stock('pan'), [1, 0])
})
