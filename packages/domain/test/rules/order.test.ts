import test from 'ava'
import { MAX_AMOUNT_MINOR } from '../../src/rules/money.ts'
import { checkLines, MAX_LINE_QUANTITY, MAX_LINES, priceLines } from '../../src/rules/order.ts'
import type { Product } from '../../src/rules/product.ts'
import { aProduct, linesOf } from '../../src/testing/examples.ts'

const shelf = (...products: readonly Product[]) =>
  new Map(products.map((product) => [product.id, product]))
const pricedAt = (sku: string, amountMinor: number, currency = 'EUR') =>
  aProduct(sku, { price: { amountMinor, currency } })
const manyLines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ productId: `prod_${index}`, quantity: 1 }))
const pointersOf = (errors: readonly { pointer: string }[] | undefined) =>
  errors?.map(({ pointer }) => pointer)

test('an order has 1 to 100 lines', (t) => {
  t.is(MAX_LINES, 100)
  t.is(checkLines(manyLines(1)), undefined)
  t.is(checkLines(manyLines(100)), undefined)
  for (const count of [0, 101]) {
    const invalid = checkLines(manyLines(count))
    t.is(invalid?.code, 'invalid_request')
    t.deepEqual(pointersOf(invalid?.errors), ['/lines'])
    t.regex(invalid?.detail ?? '', new RegExp(`1 to 100 lines, not ${count}`))
  }
})

test('a line has a whole quantity of 1 to 1,000,000', (t) => {
  t.is(MAX_LINE_QUANTITY, 1_000_000)
  for (const quantity of [1, 1_000_000]) t.is(checkLines(linesOf({ mug: quantity })), undefined)
  for (const quantity of [0, -1, 1.5, 1_000_001, Number.NaN]) {
    const invalid = checkLines(linesOf({ cup: 1, mug: quantity }))
    t.deepEqual(pointersOf(invalid?.errors), ['/lines/1/quantity'], `${quantity}`)
  }
})

test('no product stands in two lines', (t) => {
  const invalid = checkLines([...linesOf({ mug: 1, cup: 1 }), ...linesOf({ mug: 2 })])
  t.is(invalid?.code, 'invalid_request')
  t.deepEqual(pointersOf(invalid?.errors), ['/lines/2/productId'])
})

test('all faults of the lines are listed at once', (t) => {
  const invalid = checkLines([...linesOf({ mug: 0, cup: 1.5 }), ...linesOf({ mug: 1 })])
  t.deepEqual(pointersOf(invalid?.errors), [
    '/lines/0/quantity',
    '/lines/1/quantity',
    '/lines/2/productId',
  ])
})

test('lines copy code, name and price of their products, and the total is their sum', (t) => {
  const products = shelf(pricedAt('mug', 1299), pricedAt('cup', 50), pricedAt('pot', 9999))
  const { lines, total } = priceLines(linesOf({ mug: 2, cup: 3 }), products)._unsafeUnwrap()
  t.deepEqual(lines, [
    {
      productId: 'prod_mug',
      sku: 'mug',
      name: 'A mug',
      quantity: 2,
      unitPrice: { amountMinor: 1299, currency: 'EUR' },
      lineTotal: { amountMinor: 2598, currency: 'EUR' },
    },
    {
      productId: 'prod_cup',
      sku: 'cup',
      name: 'A cup',
      quantity: 3,
      unitPrice: { amountMinor: 50, currency: 'EUR' },
      lineTotal: { amountMinor: 150, currency: 'EUR' },
    },
  ])
  t.deepEqual(total, { amountMinor: 2748, currency: 'EUR' })
})

test('every line of an unknown product is named', (t) => {
  const refusal = priceLines(
    linesOf({ gone: 1, mug: 1, lost: 1 }),
    shelf(aProduct('mug')),
  )._unsafeUnwrapErr()
  t.is(refusal.code, 'unknown_product')
  t.deepEqual(pointersOf('errors' in refusal ? refusal.errors : []), [
    '/lines/0/productId',
    '/lines/2/productId',
  ])
})

test('lines that are faulty in themselves are refused before their products are looked at', (t) => {
  const refusal = priceLines(linesOf({ gone: 0 }), shelf())._unsafeUnwrapErr()
  t.is(refusal.code, 'invalid_request')
})

test('an order has one currency, and every line of another is named', (t) => {
  const products = shelf(pricedAt('mug', 1), pricedAt('cup', 1, 'USD'), pricedAt('pot', 1, 'JPY'))
  const lines = linesOf({ mug: 1, cup: 1, pot: 1 })
  const refusal = priceLines(lines, products)._unsafeUnwrapErr()
  t.is(refusal.code, 'invalid_request')
  t.deepEqual(pointersOf('errors' in refusal ? refusal.errors : []), [
    '/lines/1/productId',
    '/lines/2/productId',
  ])
})

test('an order keeps the currency of its products', (t) => {
  const products = shelf(pricedAt('mug', 500, 'JPY'))
  const { total } = priceLines(linesOf({ mug: 3 }), products)._unsafeUnwrap()
  t.deepEqual(total, { amountMinor: 1500, currency: 'JPY' })
})

test('a line or a total past 2^53 - 1 is refused', (t) => {
  const products = shelf(pricedAt('gold', MAX_AMOUNT_MINOR), pricedAt('mug', 1))
  const code = (basket: Record<string, number>) =>
    priceLines(linesOf(basket), products).match(
      () => 'priced',
      (refusal) => refusal.code,
    )
  t.is(code({ gold: 1 }), 'priced')
  t.is(code({ gold: 2 }), 'amount_too_large')
  t.is(code({ gold: 1, mug: 1 }), 'amount_too_large')
})
