import test from 'ava'
import { MAX_AMOUNT_MINOR } from '../../src/rules/money.ts'
import {
  available,
  checkProductDetails,
  MAX_QUANTITY_ON_HAND,
  type Product,
} from '../../src/rules/product.ts'
import { aProduct, NOON } from '../../src/testing/examples.ts'

const price = (amountMinor: number, currency = 'EUR') => ({ price: { amountMinor, currency } })
const check = (details: Partial<Product>) =>
  checkProductDetails({ ...aProduct('mug'), ...details }, NOON)
const pointers = (details: Partial<Product>) => check(details)?.errors.map(({ pointer }) => pointer)

test('what is available is what is on hand and not reserved', (t) => {
  t.is(available(aProduct('mug', { quantity: 7, reserved: 3 })), 4)
  t.is(available(aProduct('mug', { quantity: 3, reserved: 3 })), 0)
})

const allowed = {
  'a short code': { sku: 'M' },
  'a code of 64 letters, digits, dots, dashes and underscores': { sku: `M.u-g_${'0'.repeat(58)}` },
  'a name of one character': { name: 'M' },
  'a name of 200 characters': { name: 'M'.repeat(200) },
  'an empty description': { description: '' },
  'a description of 2000 characters': { description: 'M'.repeat(2000) },
  'a price of nothing': price(0),
  'the largest exact price': price(MAX_AMOUNT_MINOR, 'JPY'),
  'a price in a fund of four decimals': price(1, 'CLF'),
  'nothing on hand': { quantity: 0 },
  'as much on hand as is allowed': { quantity: MAX_QUANTITY_ON_HAND },
  'a limit of one an order': { maxPerOrder: 1 },
  'the highest limit': { maxPerOrder: 1_000_000 },
  'a whole product': aProduct('MUG-01'),
}

for (const [what, details] of Object.entries(allowed)) {
  test(`a product may have ${what}`, (t) => {
    t.is(check(details), undefined)
  })
}

const refused = {
  'an empty code': [{ sku: '' }, '/sku'],
  'a code of 65 characters': [{ sku: 'M'.repeat(65) }, '/sku'],
  'a code that begins with a dash': [{ sku: '-mug' }, '/sku'],
  'a code with a space': [{ sku: 'mug 1' }, '/sku'],
  'a code with an equals sign': [{ sku: 'mug=1' }, '/sku'],
  'a code with a line break at its end': [{ sku: 'mug\n' }, '/sku'],
  'an empty name': [{ name: '' }, '/name'],
  'a blank name': [{ name: '   ' }, '/name'],
  'a name of 201 characters': [{ name: 'M'.repeat(201) }, '/name'],
  'a description of 2001 characters': [{ description: 'M'.repeat(2001) }, '/description'],
  'a negative price': [price(-1), '/price/amountMinor'],
  'a fraction of a cent': [price(12.5), '/price/amountMinor'],
  'a price that is not exact': [price(MAX_AMOUNT_MINOR + 1), '/price/amountMinor'],
  'a price in no currency': [price(1, 'XYZ'), '/price/currency'],
  'a price in gold': [price(1, 'XAU'), '/price/currency'],
  'a price in a currency that was withdrawn': [price(1, 'HRK'), '/price/currency'],
  'a price in small letters': [price(1, 'eur'), '/price/currency'],
  'less than nothing on hand': [{ quantity: -1 }, '/quantity'],
  'half a piece on hand': [{ quantity: 0.5 }, '/quantity'],
  'a limit of nothing an order': [{ maxPerOrder: 0 }, '/maxPerOrder'],
  'a limit of half a piece': [{ maxPerOrder: 0.5 }, '/maxPerOrder'],
  'a limit above that of a line': [{ maxPerOrder: 1_000_001 }, '/maxPerOrder'],
  'more on hand than is allowed': [{ quantity: MAX_QUANTITY_ON_HAND + 1 }, '/quantity'],
} as const

for (const [what, [details, pointer]] of Object.entries(refused)) {
  test(`a product cannot have ${what}, and the field is named`, (t) => {
    t.deepEqual(pointers(details), [pointer])
  })
}

test('a product cannot lack a detail, and the one that is missing is named', (t) => {
  for (const field of ['sku', 'name', 'description', 'price', 'quantity'] as const) {
    for (const missing of [undefined, null]) {
      t.deepEqual(pointers({ [field]: missing } as unknown as Partial<Product>), [`/${field}`])
    }
  }
})

test('all faults of a product are listed at once, each with what is allowed', (t) => {
  const faulty = { sku: '', name: '', ...price(-1, 'EURO'), quantity: -1 }
  const invalid = check(faulty)
  t.is(invalid?.code, 'invalid_request')
  t.deepEqual(pointers(faulty), [
    '/sku',
    '/name',
    '/price/amountMinor',
    '/price/currency',
    '/quantity',
  ])
  for (const { pointer, detail } of invalid?.errors ?? []) {
    t.regex(detail, /^must /, pointer)
    t.true(invalid?.detail.includes(`${pointer}: ${detail}`), pointer)
  }
})
