import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, bob, createWorld, granted, refused } from '../support.ts'

const WINDOW = 300_000
const world = () => createWorld({ mug: 100, cup: 100 }, { duplicateWindowMs: WINDOW })
type World = Awaited<ReturnType<typeof world>>

const paid = async (shop: World, basket: Readonly<Record<string, number>>, by = ann) => {
  const { id: orderId } = await shop.placed(basket, by)
  return granted(shop.payOrder({ by, orderId })).then(({ order }) => order)
}

test('what was just paid cannot be ordered again by mistake, until the window has passed', async (t) => {
  const shop = await world()
  const { id } = await paid(shop, { mug: 1 })
  const again = { by: ann, lines: linesOf({ mug: 1 }) }
  shop.time.now += WINDOW - 1
  const { order, allowed, detail } = await refused(shop.createOrder(again), 'duplicate_order')
  t.deepEqual([order.id, order.state, allowed], [id, 'PAYMENT_DONE', []])
  t.regex(detail, /paid 300 s ago/)
  t.deepEqual(await shop.stock('mug'), [99, 0])
  shop.time.now += 1
  t.is((await granted(shop.createOrder(again))).state, 'CREATED')
})

test('what was just paid can be ordered again on purpose, and by anybody else', async (t) => {
  const shop = await world()
  await paid(shop, { mug: 1 })
  const lines = linesOf({ mug: 1 })
  t.is((await granted(shop.createOrder({ by: bob, lines }))).state, 'CREATED')
  const twice = await granted(shop.createOrder({ by: ann, lines, allowDuplicate: true }))
  t.is(twice.state, 'CREATED')
})

test('an open order is named before one that was just paid, and the last that was paid before the others', async (t) => {
  const shop = await world()
  const again = { by: ann, lines: linesOf({ mug: 1 }) }
  const named = async () => (await refused(shop.createOrder(again), 'duplicate_order')).order.id
  const one = await paid(shop, { mug: 1 })
  t.is(await named(), one.id)
  shop.time.now += 1000
  const two = await granted(shop.createOrder({ ...again, allowDuplicate: true }))
  t.is(await named(), two.id)
  await granted(shop.payOrder({ by: ann, orderId: two.id }))
  t.is(await named(), two.id)
})

test('an order cannot be edited into what was just paid, but its own basket can be repriced', async (t) => {
  const shop = await world()
  const { id } = await paid(shop, { mug: 1 })
  const { id: orderId } = await shop.placed({ mug: 2 })
  const edit = (mug: number) => shop.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }) })
  t.is((await refused(edit(1), 'duplicate_order')).order.id, id)
  t.is((await granted(edit(2))).state, 'CREATED')
  shop.time.now += WINDOW
  t.is((await granted(edit(1))).state, 'CREATED')
})

test('with a window of 0 an order that was paid stands in nobody’s way', async (t) => {
  const shop = await createWorld()
  await paid(shop, { mug: 1 })
  t.is((await shop.placed({ mug: 1 })).state, 'CREATED')
})
