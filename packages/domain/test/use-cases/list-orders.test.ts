import test from 'ava'
import { admin, ann, bob, createWorld, granted, type World } from '../support.ts'

/** Three orders of ann's with one of bob's among them, and a way to page through them. */
const listed = async () => {
  const world = await createWorld()
  const placed = [
    await world.placed({ mug: 1 }),
    await world.placed({ mug: 1 }, bob),
    await world.placed({ mug: 2 }),
    await world.placed({ mug: 3 }),
  ]
  const page = async (by: typeof ann | typeof admin, limit: number, after?: string | null) => {
    const asked = { by, limit, after: after ?? undefined }
    const { items, nextCursor } = await granted(world.listOrders(asked))
    return [items.map(({ id }) => id), nextCursor]
  }
  return { world, ids: placed.map(({ id }) => id), page }
}

test('a user sees their own orders only, newest first', async (t) => {
  const { ids, page } = await listed()
  const [first, bobs, third, fourth] = ids
  t.deepEqual(await page(ann, 10), [[fourth, third, first], null])
  t.deepEqual(await page(bob, 10), [[bobs], null])
})

test('a caller without a user sees everybody’s orders', async (t) => {
  const { ids, page } = await listed()
  t.deepEqual(await page(admin, 10), [ids.toReversed(), null])
})

test('a page can be of one state, and for a caller without a user of one user', async (t) => {
  const { world, ids } = await listed()
  const [first = '', bobs, third, fourth] = ids
  await granted(world.cancelOrder({ by: ann, orderId: first }))
  const list = async (asked: Omit<Parameters<World['listOrders']>[0], 'limit'>) =>
    (await granted(world.listOrders({ limit: 10, ...asked }))).items.map(({ id }) => id)
  t.deepEqual(await list({ by: ann, state: 'CREATED' }), [fourth, third])
  t.deepEqual(await list({ by: admin, state: 'CREATED' }), [fourth, third, bobs])
  t.deepEqual(await list({ by: admin, userId: 'ann' }), [fourth, third, first])
  t.deepEqual(await list({ by: admin, userId: 'ann', state: 'ORDER_CANCELLED' }), [first])
  t.deepEqual(await list({ by: ann, userId: 'bob' }), [fourth, third, first], 'never another’s')
})

test('the cursor of a page leads to the next, and the last page has none', async (t) => {
  const { ids, page } = await listed()
  const [first, , third, fourth] = ids
  t.deepEqual(await page(ann, 2), [[fourth, third], third])
  t.deepEqual(await page(ann, 2, third), [[first], null])
  t.deepEqual(await page(ann, 2, first), [[], null])
})

test('a page that is just full is the last one if nothing follows', async (t) => {
  const { ids, page } = await listed()
  const [first, , third, fourth] = ids
  t.deepEqual(await page(ann, 3), [[fourth, third, first], null])
})

test('a listed order is the whole order, and who has none gets an empty page', async (t) => {
  const { world, ids } = await listed()
  const { items } = await granted(world.listOrders({ by: ann, limit: 1 }))
  t.deepEqual(items, [await world.stored(ids[3] ?? '')])
  const eve = { user: 'eve' }
  const none = await granted(world.listOrders({ by: eve, limit: 1 }))
  t.deepEqual(none, { items: [], nextCursor: null })
})
