import test from 'ava'
import { priceLines } from '../../src/rules/order.ts'
import type { Product } from '../../src/rules/product.ts'
import { aProduct, linesOf } from '../../src/testing/examples.ts'

const shelf = (...products: readonly Product[]) =>
  new Map(products.map((product) => [product.id, product]))

test('an order has at most as many of a product as it allows, and every line with more is named', (t) => {
  const products = shelf(
    aProduct('mug', { maxPerOrder: 2 }),
    aProduct('cup'),
    aProduct('pot', { maxPerOrder: 1 }),
  )
  const refusal = priceLines(linesOf({ mug: 3, cup: 1000, pot: 2 }), products)._unsafeUnwrapErr()
  t.deepEqual(refusal, {
    code: 'quantity_limit_exceeded',
    detail: 'A line asks for more of a product than one order may have.',
    errors: [
      {
        pointer: '/lines/0/quantity',
        detail: 'must be at most 2: an order may have no more of mug.',
      },
      {
        pointer: '/lines/2/quantity',
        detail: 'must be at most 1: an order may have no more of pot.',
      },
    ],
  })
  t.true(priceLines(linesOf({ mug: 2, cup: 1000, pot: 1 }), products).isOk())
})

test('a product that does not exist is named before the limits of others', (t) => {
  const products = shelf(aProduct('mug', { maxPerOrder: 1 }))
  t.is(
    priceLines(linesOf({ mug: 2, gone: 1 }), products)._unsafeUnwrapErr().code,
    'unknown_product',
  )
})
