import { type Draft, draftsOf, get, write } from './draft.ts'
import { mug, teapot } from './ids.ts'

const shop = 'Ten mugs, two teapots and two diamonds are on sale.'
const ordered = 'Ann has ordered two mugs.'
const empty = 'Nothing is there yet.'

const admin = { 'X-User-Role': 'admin' }
const cup = {
  sku: 'CUP-01',
  name: 'Espresso cup',
  description: 'Thick porcelain.',
  price: { amountMinor: 890, currency: 'EUR' },
  quantity: 40,
}
const create = (body: object) => write('POST', '/product', body, admin)
const update = (body: object, headers = {}) =>
  write('PUT', `/product/${mug}`, body, { ...admin, ...headers })

/** Examples of products. */
export const productDrafts: readonly Draft[] = [
  ...draftsOf('createProduct', [
    ['created', 'Forty cups', empty, create(cup)],
    ['skuTaken', 'A code that another product has', shop, create({ ...cup, sku: 'MUG-01' })],
    [
      'invalid',
      'No name and a currency that is none',
      empty,
      create({ ...cup, name: '', price: { amountMinor: 890, currency: 'EURO' } }),
    ],
  ]),
  ...draftsOf('listProducts', [
    ['page', 'The first page of two', shop, get('/product?limit=2')],
    ['lastPage', 'The page after it, the last', shop, get(`/product?limit=2&cursor=${teapot}`)],
    ['limit', 'A page that is too long', empty, get('/product?limit=1000')],
  ]),
  ...draftsOf('getProduct', [
    ['product', 'A product of which two are reserved', ordered, get(`/product/${mug}`)],
    ['missing', 'No such product', empty, get(`/product/${mug}`)],
  ]),
  ...draftsOf('updateProduct', [
    [
      'restocked',
      'Five more, with a key, so that they are not added twice',
      shop,
      update({ quantityDelta: 5 }, { 'Idempotency-Key': '7f3a' }),
    ],
    [
      'matched',
      'Only if it is as it was seen',
      shop,
      update({ name: 'Mug' }, { 'If-Match': '"1"' }),
    ],
    [
      'changed',
      'A product that is at another version',
      shop,
      update({ name: 'Mug' }, { 'If-Match': '"2"' }),
    ],
    ['limited', 'At most five an order', shop, update({ maxPerOrder: 5 })],
    ['repriced', 'Another price', shop, update({ price: { amountMinor: 1399, currency: 'EUR' } })],
    ['belowReserved', 'Fewer than orders hold', ordered, update({ quantity: 1 })],
    ['skuTaken', 'A code that another product has', shop, update({ sku: 'TEAPOT-01' })],
    ['nothing', 'No change at all', shop, update({})],
    ['missing', 'No such product', empty, update({ quantityDelta: 5 })],
  ]),
]
