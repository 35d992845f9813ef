import { MAX_AMOUNT_MINOR, type Order } from '@holdfast/domain'
import test from 'ava'
import { linesOf, NOON } from '../../src/testing/examples.ts'
import { admin, ann, bob, createWorld, euros, granted, refused, type World } from '../support.ts'

const orders = async (world: World): Promise<readonly Order[]> =>
  (await granted(world.listOrders({ by: admin, limit: 100 }))).items

test('an order that stock can meet is created, and all its lines are reserved', async (t) => {
  const world = await createWorld({ mug: 10, cup: 3 })
  const order = await granted(world.createOrder({ by: ann, lines: linesOf({ mug: 2, cup: 3 }) }))
  t.like(order, {
    id: 'ord_0001',
    userId: 'ann',
    state: 'CREATED',
    version: 1,
    failure: null,
    allowDuplicate: false,
    payments: [],
    createdAt: NOON,
    updatedAt: NOON,
  })
  t.deepEqual(order.total, euros(5 * 1299))
  const entry = { seq: 1, from: null, to: 'CREATED', action: 'create', actor: 'ann' } as const
  t.deepEqual(order.history, [{ ...entry, reason: null, paymentId: null, at: NOON }])
  t.deepEqual(await world.stock('mug'), [10, 2])
  t.deepEqual(await world.stock('cup'), [3, 3])
  t.deepEqual(await world.stored(order.id), order)
})

test('an order keeps the names and prices of the moment at which it was placed', async (t) => {
  const world = await createWorld()
  const order = await world.placed({ mug: 2 })
  await granted(
    world.updateProduct({ by: admin, productId: 'prod_mug', name: 'Gold', price: euros(9999) }),
  )
  t.deepEqual(await world.stored(order.id), order)
  t.like(order.lines[0], { name: 'A mug', unitPrice: { amountMinor: 1299 } })
})

test('an order with short lines is stored as failed, lists each of them and reserves none', async (t) => {
  const world = await createWorld({ mug: 1, cup: 5, pot: 0 })
  const order = await world.placed({ mug: 2, cup: 5, pot: 1 })
  t.is(order.state, 'ORDER_FAILED')
  t.is(order.failure?.code, 'insufficient_stock')
  t.deepEqual(order.failure?.lines, [
    { productId: 'prod_mug', sku: 'mug', requested: 2, available: 1 },
    { productId: 'prod_pot', sku: 'pot', requested: 1, available: 0 },
  ])
  t.like(order.history, [{ from: null, to: 'ORDER_FAILED', reason: 'insufficient_stock' }])
  for (const sku of ['mug', 'cup', 'pot']) t.is((await world.stock(sku))[1], 0, sku)
  t.deepEqual(await world.stored(order.id), order)
})

test('one short line is enough for an order to fail', async (t) => {
  const world = await createWorld({ mug: 1, cup: 5 })
  const order = await world.placed({ mug: 2, cup: 5 })
  t.is(order.state, 'ORDER_FAILED')
  t.like(order.failure, { code: 'insufficient_stock', lines: [{ sku: 'mug' }] })
  t.is(order.history[0]?.reason, 'insufficient_stock')
})

test('the last piece is sold once', async (t) => {
  const world = await createWorld({ mug: 1 })
  const both = await Promise.all([world.placed({ mug: 1 }, ann), world.placed({ mug: 1 }, bob)])
  t.deepEqual(both.map(({ state }) => state).sort(), ['CREATED', 'ORDER_FAILED'])
  t.deepEqual(await world.stock('mug'), [1, 1])
})

const bad = {
  'no lines': [[], 'invalid_request'],
  'a quantity of nothing': [linesOf({ mug: 0 }), 'invalid_request'],
  'one product in two lines': [[...linesOf({ mug: 1 }), ...linesOf({ mug: 1 })], 'invalid_request'],
  'two currencies': [linesOf({ mug: 1, yen: 1 }), 'invalid_request'],
  'more than a hundred lines': [
    linesOf(Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`sku-${at}`, 1]))),
    'invalid_request',
  ],
  'an unknown product': [linesOf({ mug: 1, gone: 1 }), 'unknown_product'],
  'a line past 2^53 - 1': [linesOf({ gold: 2 }), 'amount_too_large'],
  'a total past 2^53 - 1': [linesOf({ gold: 1, mug: 1 }), 'amount_too_large'],
} as const

for (const [what, [lines, code]] of Object.entries(bad)) {
  test(`an order with ${what} is refused, and nothing is stored`, async (t) => {
    const world = await createWorld({ mug: 10, yen: 10, gold: 10 })
    await world.reprice('yen', { amountMinor: 100, currency: 'JPY' })
    await world.reprice('gold', euros(MAX_AMOUNT_MINOR))
    t.is((await refused(world.createOrder({ by: ann, lines }), code)).code, code)
    t.deepEqual(await orders(world), [])
    for (const sku of ['mug', 'yen', 'gold']) t.deepEqual(await world.stock(sku), [10, 0], sku)
  })
}

test('a second open order of a basket is refused, whatever the order of its lines', async (t) => {
  const world = await createWorld({ mug: 10, cup: 10 })
  const first = await world.placed({ mug: 2, cup: 1 })
  const second = world.createOrder({ by: ann, lines: linesOf({ cup: 1, mug: 2 }) })
  const refusal = await refused(second, 'duplicate_order')
  t.deepEqual(refusal.order, first)
  t.deepEqual(refusal.allowed, ['modify', 'cancel', 'pay'])
  t.is((await orders(world)).length, 1)
  t.deepEqual(await world.stock('mug'), [10, 2])
})

test('of two identical orders at once one is refused', async (t) => {
  const world = await createWorld()
  const place = () => world.createOrder({ by: ann, lines: linesOf({ mug: 1 }) })
  const both = await Promise.all([place(), place()])
  t.is(both.filter((answer) => answer.isOk()).length, 1)
  t.is((await orders(world)).length, 1)
})

test('an order that failed is open, too: its basket is refused, and can be retried', async (t) => {
  const world = await createWorld({ mug: 0 })
  const first = await world.placed({ mug: 1 })
  const second = world.createOrder({ by: ann, lines: linesOf({ mug: 1 }) })
  const refusal = await refused(second, 'duplicate_order')
  t.deepEqual([refusal.order.id, refusal.allowed], [first.id, ['retryOrder']])
})

test('another basket, another user and a closed order are in nobody’s way', async (t) => {
  const world = await createWorld()
  const first = await world.placed({ mug: 1 })
  await world.placed({ mug: 2 })
  await world.placed({ mug: 1 }, bob)
  await granted(world.cancelOrder({ by: ann, orderId: first.id }))
  const second = await world.placed({ mug: 1 })
  await granted(world.payOrder({ by: ann, orderId: second.id }))
  const third = await world.placed({ mug: 1 })
  t.is(third.state, 'CREATED')
})

test('a user who asks for a duplicate gets it, and it is in the way of the next', async (t) => {
  const world = await createWorld()
  const lines = linesOf({ mug: 1 })
  const first = await granted(world.createOrder({ by: ann, lines, allowDuplicate: true }))
  t.true(first.allowDuplicate)
  await refused(world.createOrder({ by: ann, lines }), 'duplicate_order')
  const second = await granted(world.createOrder({ by: ann, lines, allowDuplicate: true }))
  t.not(second.id, first.id)
  t.deepEqual(await world.stock('mug'), [10, 2])
})
