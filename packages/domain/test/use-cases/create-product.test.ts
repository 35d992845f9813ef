import test from 'ava'
import { NOON } from '../../src/testing/examples.ts'
import { admin, createWorld, euros, granted, refused } from '../support.ts'

const pan = { sku: 'PAN-01', name: 'A pan', description: 'Flat.', price: euros(2500), quantity: 7 }

test('a product is made with its details and stock, and its stock is the first movement', async (t) => {
  const world = await createWorld({})
  const product = await granted(world.createProduct({ by: admin, ...pan }))
  t.regex(product.id, /^prod_/)
  const times = { createdAt: NOON, updatedAt: NOON }
  t.deepEqual(product, {
    id: product.id,
    ...pan,
    reserved: 0,
    version: 1,
    maxPerOrder: null,
    lastEdit: null,
    ...times,
  })
  t.deepEqual(await granted(world.getProduct({ id: product.id })), product)
  t.deepEqual(await granted(world.getProduct({ sku: 'PAN-01' })), product)
  const movement = { kind: 'set', quantityDelta: 7, reservedDelta: 0, orderId: null } as const
  t.deepEqual(await granted(world.listMovements(product.id)), [
    { productId: product.id, ...movement, actor: 'cli', at: NOON },
  ])
})

test('a code that another product has is refused, with that product', async (t) => {
  const world = await createWorld({})
  const first = await granted(world.createProduct({ by: admin, ...pan }))
  const second = world.createProduct({ by: admin, ...pan, name: 'Another pan' })
  t.deepEqual((await refused(second, 'sku_taken')).product, first)
  t.is((await granted(world.listProducts({ limit: 9 }))).items.length, 1)
})

test('of two products of one code at once one is made', async (t) => {
  const world = await createWorld({})
  const make = () => world.createProduct({ by: admin, ...pan })
  const both = await Promise.all([make(), make()])
  t.is(both.filter((answer) => answer.isOk()).length, 1)
  t.deepEqual(await world.stock('PAN-01'), [7, 0])
})

test('a product with faulty details is refused, and every fault is named', async (t) => {
  const world = await createWorld({})
  const faulty = { ...pan, sku: 'a b', price: { amountMinor: 1.5, currency: 'EURO' }, quantity: -1 }
  const refusal = await refused(world.createProduct({ by: admin, ...faulty }), 'invalid_request')
  t.deepEqual(
    refusal.errors.map(({ pointer }) => pointer),
    ['/sku', '/price/amountMinor', '/price/currency', '/quantity'],
  )
  t.deepEqual((await granted(world.listProducts({ limit: 9 }))).items, [])
})

test('a currency is one of ISO 4217 that is in use, whatever the runtime knows', async (t) => {
  const world = await createWorld({})
  const make = (currency: string) => {
    const price = { amountMinor: 1000, currency }
    return world.createProduct({ by: admin, ...pan, sku: `${currency}-${world.time.now}`, price })
  }
  for (const currency of 'CLF UYW VED CHE CHW COU MXV USN BOV XAD XCG'.split(' ')) {
    t.is((await granted(make(currency))).price.currency, currency)
  }
  for (const currency of 'HRK BGN ZWL SLL ANG CUC XDR XAU XXX XTS XSU XUA XBA DEM'.split(' ')) {
    const refusal = await refused(make(currency), 'invalid_request')
    t.like(refusal.errors, [{ pointer: '/price/currency' }], currency)
  }
})

test('a withdrawn currency is refused for new products from its day on', async (t) => {
  const world = await createWorld({})
  const price = { amountMinor: 1000, currency: 'BGN' }
  world.time.now = Date.UTC(2026, 0, 1) - 1
  await granted(world.createProduct({ by: admin, ...pan, price }))
  world.time.now += 1
  const late = world.createProduct({ by: admin, ...pan, sku: 'PAN-02', price })
  const [error] = (await refused(late, 'invalid_request')).errors
  t.deepEqual(error, {
    pointer: '/price/currency',
    detail: 'must be in use for a new price; BGN was withdrawn on 2026-01-01.',
  })
})
