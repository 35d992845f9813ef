import test from 'ava'
import { NOON } from '../../src/testing/examples.ts'
import { admin, bob, createWorld, euros, granted, refused, type World } from '../support.ts'

type Changes = Omit<Parameters<World['updateProduct']>[0], 'by' | 'productId'>
const inWorld = (world: World) => ({
  update: (changes: Changes, productId = 'prod_mug') =>
    world.updateProduct({ by: admin, productId, ...changes }),
  product: () => granted(world.getProduct({ id: 'prod_mug' })),
  movements: async () =>
    (await granted(world.listMovements('prod_mug'))).map(({ kind, quantityDelta }) => [
      kind,
      quantityDelta,
    ]),
})

test('an update changes what it names and leaves the rest', async (t) => {
  const world = await createWorld()
  const { update, product, movements } = inWorld(world)
  const before = await product()
  world.time.now += 1000
  const named = { sku: 'MUG-2', name: 'Two', description: 'New.', price: euros(1500) }
  const after = await granted(update(named))
  const { lastEdit } = after
  t.deepEqual(after, { ...before, ...named, version: 2, lastEdit, updatedAt: NOON + 1000 })
  t.deepEqual(await product(), after)
  const third = await granted(update({ name: 'Three' }))
  t.deepEqual(third, { ...after, name: 'Three', version: 3, lastEdit: third.lastEdit })
  t.deepEqual(await movements(), [['set', 10]], 'no stock has moved')
})

test('stock is set, or changed by a signed difference, and each change is a movement', async (t) => {
  const world = await createWorld()
  const { update, movements } = inWorld(world)
  await world.placed({ mug: 2 })
  t.like(await granted(update({ quantity: 15 })), { quantity: 15, reserved: 2 })
  t.like(await granted(update({ quantityDelta: -3 })), { quantity: 12, reserved: 2 })
  t.like(await granted(update({ quantityDelta: 1 })), { quantity: 13, reserved: 2 })
  await granted(update({ quantityDelta: 0 }))
  await granted(update({ quantity: 13 }))
  t.deepEqual(await world.stock('mug'), [13, 2])
  t.deepEqual(await movements(), [
    ['set', 10],
    ['reserve', 0],
    ['set', 5],
    ['set', -3],
    ['set', 1],
  ])
})

test('of many differences at once none is lost', async (t) => {
  const world = await createWorld()
  const { update } = inWorld(world)
  await Promise.all(Array.from({ length: 20 }, () => granted(update({ quantityDelta: 2 }))))
  t.deepEqual(await world.stock('mug'), [50, 0])
})

test('stock never falls below what orders hold', async (t) => {
  const world = await createWorld()
  const { update, product } = inWorld(world)
  await world.placed({ mug: 4 })
  const before = await product()
  const below = [{ quantity: 3 }, { quantityDelta: -7 }, { quantityDelta: -11 }]
  for (const changes of below) {
    const refusal = await refused(update({ ...changes, name: 'X' }), 'quantity_below_reserved')
    t.deepEqual(refusal.product, before)
  }
  t.deepEqual(await product(), before)
  t.is((await granted(update({ quantityDelta: -6 }))).quantity, 4)
})

test('setting stock and changing it at once is refused', async (t) => {
  const { update, product } = inWorld(await createWorld())
  const refusal = await refused(update({ quantity: 5, quantityDelta: 1 }), 'invalid_request')
  t.like(refusal.errors, [{ pointer: '/quantityDelta' }])
  t.is((await product()).quantity, 10)
})

test('a difference that leads to no possible quantity is the field at fault', async (t) => {
  const { update, product } = inWorld(await createWorld())
  for (const quantityDelta of [0.5, 1_000_000_000]) {
    const refusal = await refused(update({ quantityDelta }), 'invalid_request')
    t.like(refusal.errors, [{ pointer: '/quantityDelta' }])
  }
  t.is((await product()).quantity, 10)
})

test('an update to faulty details is refused and changes nothing', async (t) => {
  const { update, product } = inWorld(await createWorld())
  const before = await product()
  const faulty: readonly Changes[] = [
    { sku: '' },
    { name: ' ' },
    { price: euros(-1) },
    { price: { amountMinor: 1, currency: 'eur' } },
    { quantity: -1 },
    { quantity: 1.5 },
    { quantityDelta: 0.5 },
    { quantityDelta: 1_000_000_000 },
  ]
  for (const changes of faulty) await refused(update(changes), 'invalid_request')
  t.deepEqual(await product(), before)
})

test('a code that another product has is refused, the product’s own is not', async (t) => {
  const { update, product } = inWorld(await createWorld({ mug: 1, cup: 1 }))
  const refusal = await refused(update({ sku: 'cup', name: 'X' }), 'sku_taken')
  t.is(refusal.product.id, 'prod_cup')
  t.is((await product()).name, 'A mug')
  t.is((await granted(update({ sku: 'mug', name: 'X' }))).name, 'X')
})

test('a product that is not there is not updated', async (t) => {
  const { update } = inWorld(await createWorld())
  const refusal = await refused(update({ name: 'X' }, 'prod_none'), 'product_not_found')
  t.regex(refusal.detail, /prod_none/)
})

test('a product in a withdrawn currency can change, but its price only into one that is in use', async (t) => {
  const world = await createWorld()
  const { update, product } = inWorld(world)
  const leva = (amountMinor: number) => ({ amountMinor, currency: 'BGN' })
  world.time.now = Date.UTC(2025, 11, 31)
  await granted(update({ price: leva(1000) }))
  world.time.now = NOON
  t.is((await granted(update({ name: 'X', quantity: 7, price: leva(1000) }))).name, 'X')
  const refusal = await refused(update({ price: leva(1100) }), 'invalid_request')
  t.like(refusal.errors, [{ pointer: '/price/currency' }])
  t.deepEqual((await product()).price, leva(1000))
  t.deepEqual((await granted(update({ price: euros(511) }))).price, euros(511))
  await refused(update({ price: leva(1000) }), 'invalid_request')
})

test('a product’s version counts what an admin writes, not what orders reserve', async (t) => {
  const world = await createWorld()
  const { update, product } = inWorld(world)
  t.is((await product()).version, 1)
  await world.placed({ mug: 2 })
  t.is((await product()).version, 1)
  t.is((await granted(update({ quantityDelta: 1 }))).version, 2)
  t.is((await granted(update({ name: 'X' }))).version, 3)
  await refused(update({ quantity: 1 }), 'quantity_below_reserved')
  t.is((await product()).version, 3)
})

test('a change that expects another version than the product’s is refused, and shows it', async (t) => {
  const { update, product } = inWorld(await createWorld())
  const after = await granted(update({ name: 'X', expectedVersions: [1, 7] }))
  for (const expectedVersions of [[], [7], [1]]) {
    const refusal = await refused(update({ name: 'Y', expectedVersions }), 'version_mismatch')
    t.deepEqual('product' in refusal && refusal.product, after)
  }
  t.deepEqual(await product(), after)
  t.is((await granted(update({ name: 'Y', expectedVersions: [2] }))).version, 3)
})

test('a change that is sent again with the version that it was made for is answered as the first', async (t) => {
  const world = await createWorld()
  const { update, product } = inWorld(world)
  const more = { quantityDelta: 5, expectedVersions: [1] }
  const first = await granted(update(more))
  t.deepEqual(await granted(update(more)), first)
  t.deepEqual(await world.stock('mug'), [15, 0], 'the goods came once')
  const others = [
    update({ ...more, quantityDelta: 6 }),
    update({ name: 'X', expectedVersions: [1] }),
    world.updateProduct({ by: bob, productId: 'prod_mug', ...more }),
  ]
  for (const other of others) await refused(other, 'version_mismatch')
  t.deepEqual(await product(), first)
  await granted(update({ name: 'X' }))
  await refused(update(more), 'version_mismatch')
})
