import type { OrderState } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, granted, orderIn, refused, type World } from '../support.ts'

const clientReference = 'C-2026/0001'
const create = (world: World, basket: Readonly<Record<string, number>>, by = ann) =>
  world.createOrder({ by, lines: linesOf(basket), clientReference, allowDuplicate: true })

test('a reference is unique for its user, and another user has their own', async (t) => {
  const world = await createWorld({ mug: 10 })
  const first = await granted(create(world, { mug: 1 }))
  t.is(first.clientReference, clientReference)
  const refusal = await refused(create(world, { mug: 2 }), 'duplicate_order')
  t.deepEqual(refusal.order, first)
  t.deepEqual(refusal.allowed, ['modify', 'cancel', 'pay'])
  t.regex(refusal.detail, /C-2026\/0001/)
  t.is((await granted(create(world, { mug: 2 }, bob))).clientReference, clientReference)
  t.is((await world.placed({ mug: 3 })).clientReference, null)
  t.is((await world.placed({ mug: 4 })).clientReference, null)
  t.deepEqual(await world.stock('mug'), [10, 10])
})

for (const state of [
  'ORDER_FAILED',
  'PAYMENT_FAILED',
  'PAYMENT_DONE',
  'ORDER_CANCELLED',
] as const) {
  test(`a reference is kept for ever: by an order that is ${state}, a year later`, async (t) => {
    const world = await createWorld({ mug: 10 })
    const { placed } = world
    const withReference: World = {
      ...world,
      placed: async (basket) => {
        await placed({ mug: 1 }, bob)
        return granted(create(world, basket))
      },
    }
    const { id } = await orderIn(withReference, state satisfies OrderState)
    world.time.now += 365 * 86_400_000
    const refusal = await refused(create(world, { mug: 1 }), 'duplicate_order')
    t.is(refusal.order.id, id)
    t.is(refusal.order.state, state)
  })
}

test('of many orders with one reference at once, one is placed and named to all others', async (t) => {
  const world = await createWorld({ mug: 100 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => create(world, { mug: index + 1 })),
  )
  const placed = answers.flatMap((answer) => (answer.isOk() ? [answer.value.id] : []))
  t.is(placed.length, 1)
  for (const answer of answers.filter((each) => each.isErr())) {
    const error = answer._unsafeUnwrapErr()
    t.like(error, { code: 'duplicate_order', order: { id: placed[0] } })
  }
})

test('a repeat is told of its order before its lines are judged by the rules of today', async (t) => {
  const world = await createWorld({ mug: 10 })
  const first = await granted(create(world, { mug: 5 }))
  await granted(world.updateProduct({ by: admin, productId: 'prod_mug', maxPerOrder: 1 }))
  t.is((await refused(create(world, { mug: 5 }), 'duplicate_order')).order.id, first.id)
})

test('with the same key the first answer comes again, the reference notwithstanding', async (t) => {
  const world = await createWorld({ mug: 10 })
  const request = { by: ann, lines: linesOf({ mug: 1 }), clientReference }
  const idempotency = { key: 'k', fingerprint: 'f' }
  const first = await granted(world.createOrder({ ...request, idempotency }))
  t.deepEqual(await granted(world.createOrder({ ...request, idempotency })), first)
})

test('an order is found by its reference, by its user and by an operator', async (t) => {
  const world = await createWorld({ mug: 10 })
  const mine = await granted(create(world, { mug: 1 }))
  const theirs = await granted(create(world, { mug: 1 }, bob))
  const list = async (request: Partial<Parameters<World['listOrders']>[0]>) =>
    (await granted(world.listOrders({ by: ann, limit: 9, clientReference, ...request }))).items
  t.deepEqual(await list({}), [mine])
  t.deepEqual(await list({ by: bob }), [theirs])
  t.deepEqual(await list({ by: admin }), [theirs, mine])
  t.deepEqual(await list({ by: admin, userId: 'ann' }), [mine])
  t.deepEqual(await list({ clientReference: 'C-2' }), [])
})

test('what is no reference is refused by name', async (t) => {
  const world = await createWorld()
  for (const bad of ['', 'x'.repeat(65), 'a b', 'é', 'a\n', '\u007f']) {
    const request = { by: ann, lines: linesOf({ mug: 1 }), clientReference: bad }
    const { errors } = await refused(world.createOrder(request), 'invalid_request')
    t.like(errors, [{ pointer: '/clientReference' }], JSON.stringify(bad))
  }
  for (const good of ['!', '~'.repeat(64)]) {
    const request = { by: ann, lines: linesOf({ mug: 1 }), allowDuplicate: true }
    t.is((await granted(world.createOrder({ ...request, clientReference: good }))).state, 'CREATED')
  }
})

test('metadata is kept and shown, replaced by an edit that has some, and left alone by one that has none', async (t) => {
  const world = await createWorld()
  const metadata = { campaign: 'spring', note: 'Ring twice.' }
  const lines = linesOf({ mug: 1 })
  const { id: orderId } = await granted(world.createOrder({ by: ann, lines, metadata }))
  t.deepEqual((await world.stored(orderId)).metadata, metadata)
  const edit = { by: ann, orderId, lines: linesOf({ mug: 2 }) }
  t.deepEqual((await granted(world.modifyOrder(edit))).metadata, metadata)
  const gift = await granted(world.modifyOrder({ ...edit, metadata: { gift: 'yes' } }))
  t.deepEqual(gift.metadata, { gift: 'yes' })
  t.deepEqual(await world.stored(orderId), gift)
  t.deepEqual((await granted(world.modifyOrder({ ...edit, metadata: {} }))).metadata, {})
  t.deepEqual((await world.placed({ mug: 3 })).metadata, {})
})

test('an edit that ends a payment takes its metadata along, and one that is refused leaves it', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  const metadata = { gift: 'yes' }
  const short = world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 99 }), metadata })
  await refused(short, 'insufficient_stock')
  t.deepEqual((await world.stored(orderId)).metadata, {})
  const edited = await granted(
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }), metadata }),
  )
  t.like(edited, { state: 'PAYMENT_FAILED', metadata })
  t.deepEqual(await world.stored(orderId), edited)
})

test('an edit that is sent again is answered as the first only with the same metadata', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  const edit = { by: ann, orderId, lines: linesOf({ mug: 2 }), expectedVersions: [1] }
  const first = await granted(world.modifyOrder({ ...edit, metadata: { a: '1', b: '2' } }))
  const again = world.modifyOrder({ ...edit, metadata: { b: '2', a: '1' } })
  t.deepEqual(await granted(again), first)
  await refused(world.modifyOrder({ ...edit, metadata: { a: '2' } }), 'version_mismatch')
})
