import test from 'ava'
import {
  deduct,
  exchange,
  insufficientStock,
  release,
  reserve,
  type StockMovement,
  setStock,
  shortLines,
  stockFailure,
} from '../../src/rules/reservation.ts'
import { anOrder, aProduct, linesOf, NOON } from '../../src/testing/examples.ts'

const mover = { actor: 'ann', at: NOON }
const shelf = new Map(
  [
    aProduct('mug', { quantity: 10, reserved: 6 }),
    aProduct('cup', { quantity: 3 }),
    aProduct('pot', { quantity: 2, reserved: 2 }),
  ].map((product) => [product.id, product]),
)
const moved = (movements: readonly StockMovement[]) =>
  movements.map(({ productId, kind, quantityDelta, reservedDelta }) => [
    productId,
    kind,
    quantityDelta,
    reservedDelta,
  ])

test('a line is short when more is asked for than is neither sold nor reserved', (t) => {
  t.deepEqual(shortLines(linesOf({ mug: 4, cup: 3 }), shelf), [])
  t.deepEqual(shortLines(linesOf({ mug: 5 }), shelf), [
    { productId: 'prod_mug', sku: 'mug', requested: 5, available: 4 },
  ])
})

test('every short line is listed, and none that stock can meet', (t) => {
  t.deepEqual(shortLines(linesOf({ pot: 1, cup: 3, mug: 7 }), shelf), [
    { productId: 'prod_pot', sku: 'pot', requested: 1, available: 0 },
    { productId: 'prod_mug', sku: 'mug', requested: 7, available: 4 },
  ])
})

test('what an order holds already is available to it, product by product', (t) => {
  const { lines: held } = anOrder('ord_1', { mug: 6, cup: 1 })
  t.deepEqual(shortLines(linesOf({ mug: 10 }), shelf, held), [])
  t.deepEqual(shortLines(linesOf({ mug: 11, pot: 1 }), shelf, held), [
    { productId: 'prod_mug', sku: 'mug', requested: 11, available: 10 },
    { productId: 'prod_pot', sku: 'pot', requested: 1, available: 0 },
  ])
})

test('of a product that is not there nothing is available', (t) => {
  t.deepEqual(shortLines(linesOf({ gone: 1 }), shelf), [
    { productId: 'prod_gone', sku: '', requested: 1, available: 0 },
  ])
})

test('a shortage is told in numbers, and as a refusal it shows the order', (t) => {
  const short = shortLines(linesOf({ pot: 1, mug: 7 }), shelf)
  const failure = stockFailure(short)
  t.deepEqual(failure, {
    code: 'insufficient_stock',
    detail: 'pot: 1 requested, 0 available. mug: 7 requested, 4 available.',
    lines: short,
  })
  const order = anOrder('ord_1')
  t.deepEqual(insufficientStock(order, short), { ...failure, order })
})

test('reserving holds each line, and releasing gives each back', (t) => {
  const order = anOrder('ord_1', { mug: 2, cup: 1 })
  t.deepEqual(moved(reserve(order, mover)), [
    ['prod_mug', 'reserve', 0, 2],
    ['prod_cup', 'reserve', 0, 1],
  ])
  t.deepEqual(moved(release(order, mover)), [
    ['prod_mug', 'release', 0, -2],
    ['prod_cup', 'release', 0, -1],
  ])
})

test('deducting takes each line from the shelf and from what is held', (t) => {
  t.deepEqual(moved(deduct(anOrder('ord_1', { mug: 2, cup: 1 }), mover)), [
    ['prod_mug', 'deduct', -2, -2],
    ['prod_cup', 'deduct', -1, -1],
  ])
})

test('a movement says who moved the stock, when, and for which order', (t) => {
  const order = anOrder('ord_1')
  for (const [movement] of [reserve(order, mover), release(order, mover), deduct(order, mover)]) {
    t.like(movement, { actor: 'ann', at: NOON, orderId: 'ord_1' })
  }
})

test('setting stock moves what is on hand, and belongs to no order', (t) => {
  t.deepEqual(setStock('prod_mug', -3, mover), {
    productId: 'prod_mug',
    kind: 'set',
    quantityDelta: -3,
    reservedDelta: 0,
    orderId: null,
    actor: 'ann',
    at: NOON,
  })
})

test('exchanging lines moves the difference only', (t) => {
  const before = anOrder('ord_1', { mug: 2, cup: 1, pot: 4 }).lines
  const after = anOrder('ord_1', { pan: 7, pot: 1, mug: 5, cup: 1 }).lines
  t.deepEqual(moved(exchange('ord_1', before, after, mover)), [
    ['prod_mug', 'reserve', 0, 3],
    ['prod_pot', 'release', 0, -3],
    ['prod_pan', 'reserve', 0, 7],
  ])
  t.deepEqual(exchange('ord_1', before, before.toReversed(), mover), [])
})
