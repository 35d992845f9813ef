import test from 'ava'
import { ann, createWorld, granted, refused } from '../support.ts'

test('a product is found by its id and by its code', async (t) => {
  const world = await createWorld({ mug: 3 })
  const product = await granted(world.getProduct({ id: 'prod_mug' }))
  t.like(product, { sku: 'mug', quantity: 3, reserved: 0 })
  t.deepEqual(await granted(world.getProduct({ sku: 'mug' })), product)
})

test('a product that is not there is not found, and the refusal says whether an id or a code is not there', async (t) => {
  const world = await createWorld({ mug: 3 })
  const byId = await refused(world.getProduct({ id: 'mug' }), 'product_not_found')
  const bySku = await refused(world.getProduct({ sku: 'prod_mug' }), 'product_not_found')
  t.is(byId.detail, 'No product has the id mug.')
  t.is(bySku.detail, 'No product has the code prod_mug.')
})

test('products are listed newest first, page by page, to the end', async (t) => {
  const world = await createWorld({ a: 1, b: 2, c: 3 })
  const page = async (after?: string) => {
    const { items, nextCursor } = await granted(world.listProducts({ limit: 2, after }))
    return [items.map(({ sku }) => sku), nextCursor]
  }
  t.deepEqual(await page(), [['c', 'b'], 'prod_b'])
  t.deepEqual(await page('prod_b'), [['a'], null])
})

test('every change of a product’s stock is listed, oldest first', async (t) => {
  const world = await createWorld({ mug: 10, cup: 1 })
  const { id: cancelled } = await world.placed({ mug: 3 })
  await granted(world.cancelOrder({ by: ann, orderId: cancelled }))
  const { id: paid } = await world.placed({ mug: 2 })
  await granted(world.payOrder({ by: ann, orderId: paid }))
  await world.restock('mug', 20)
  const movements = await granted(world.listMovements('prod_mug'))
  t.deepEqual(
    movements.map((movement) => [
      movement.kind,
      movement.quantityDelta,
      movement.reservedDelta,
      movement.orderId,
      movement.actor,
    ]),
    [
      ['set', 10, 0, null, 'system'],
      ['reserve', 0, 3, cancelled, 'ann'],
      ['release', 0, -3, cancelled, 'ann'],
      ['reserve', 0, 2, paid, 'ann'],
      ['deduct', -2, -2, paid, 'ann'],
      ['set', 12, 0, null, 'cli'],
    ],
  )
  t.deepEqual(await granted(world.listMovements('prod_none')), [])
})
