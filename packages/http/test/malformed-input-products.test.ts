import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
await place(api, mug, 4)
const before = await stored(api)

const wholeNumber = ['"1"', '1.5', '-0', '1e309', '9007199254740993', 'null', '[]', '{}', 'true']

/** Values that a field refuses, as they stand in the body, and where the answer must point. */
const refused: readonly (readonly [field: string, at: string, values: readonly string[]])[] = [
  [
    'sku',
    '/sku',
    ['null', '1', '[]', '""', '" "', '"MUG 1"', '"-MUG"', '"MUG=1"', '"../1"', '"MÜG"', '"🏺"'],
  ],
  ['sku', '/sku', [`"${'S'.repeat(65)}"`, `"' OR 1=1 --"`, '"MUG\\n"', '"<b>"', '"MUG/1"', '{}']],
  ['name', '/name', ['null', '1', '[]', '{}', '""', '"  "', '"\\n"', `"${'n'.repeat(201)}"`]],
  ['description', '/description', ['null', '1', '[]', '{}', `"${'d'.repeat(2001)}"`]],
  ['price', '/price', ['null', '12.99', '"12.99"', '[]', '[1299,"EUR"]', 'true']],
  ['quantity', '/quantity', [...wholeNumber, '-1', '1000000001', '9007199254740991']],
]

/** The same for the two parts of a price. */
const amounts = [...wholeNumber, '-1', '-9007199254740991', '""']
const currencies = ['null', '978', '[]', '""', '"eur"', '"EURO"', '"EU"', '"XYZ"', '" EUR"', '"€"']

type Case = readonly [what: string, members: string, at: readonly string[]]

const cases: readonly Case[] = [
  ...refused.flatMap(([field, at, values]) =>
    values.map((raw): Case => [`${show(raw)} as ${field}`, `"${field}":${raw}`, [at]]),
  ),
  ...amounts.map(
    (raw): Case => [
      `${raw} as an amount`,
      `"price":{"amountMinor":${raw},"currency":"EUR"}`,
      ['/price/amountMinor'],
    ],
  ),
  ...currencies.map(
    (raw): Case => [
      `${raw} as a currency`,
      `"price":{"amountMinor":1,"currency":${raw}}`,
      ['/price/currency'],
    ],
  ),
  ['an empty price', '"price":{}', ['/price/amountMinor', '/price/currency']],
  ['a field more in a price', '"price":{"amountMinor":1,"currency":"EUR","tax":1}', ['/price/tax']],
  ...['id', 'reserved', 'available', 'createdAt', 'Sku', 'constructor'].map(
    (name): Case => [`the field ${name}`, `"${name}":1`, [`/${name}`]],
  ),
]

const onlyUpdates: readonly Case[] = [
  ...wholeNumber.map(
    (raw): Case => [`${raw} as quantityDelta`, `"quantityDelta":${raw}`, ['/quantityDelta']],
  ),
  ['quantity and quantityDelta together', '"quantity":20,"quantityDelta":1', ['/quantityDelta']],
]

const valid: Readonly<Record<string, string>> = {
  sku: '"sku":"NEW"',
  name: '"name":"New"',
  price: '"price":{"amountMinor":1,"currency":"EUR"}',
}

/** A valid body, but for these members. */
const newProduct = (members: string) => {
  const others = Object.keys(valid).filter((field) => !members.startsWith(`"${field}":`))
  return `{${[members, ...others.map((field) => valid[field])].filter(Boolean).join(',')}}`
}

const path = '/product'
const update = `/product/${mug}`

for (const [what, members, at] of [
  ...cases,
  ['the field quantityDelta', '"quantityDelta":1', ['/quantityDelta']] as const,
]) {
  test(`POST /product refuses ${what} with 422 and stores nothing.`, async (t) => {
    const answer = await api.ask('POST', path, newProduct(members), { admin: true })
    isProblem(t, answer, { code: 'invalid_request', path, at })
    t.deepEqual(await stored(api), before)
  })
}

for (const field of Object.keys(valid)) {
  test(`POST /product refuses a product without a ${field} with 422.`, async (t) => {
    const body = `{${Object.keys(valid)
      .filter((other) => other !== field)
      .map((other) => valid[other])
      .join(',')}}`
    const answer = await api.ask('POST', path, body, { admin: true })
    isProblem(t, answer, { code: 'invalid_request', path, at: [`/${field}`] })
    t.deepEqual(await stored(api), before)
  })
}

for (const [what, members, at] of [...cases, ...onlyUpdates]) {
  test(`PUT /product/{id} refuses ${what} with 422 and changes nothing.`, async (t) => {
    const answer = await api.ask('PUT', update, newProduct(members), { admin: true })
    isProblem(t, answer, { code: 'invalid_request', path: update, at })
    t.deepEqual(await stored(api), before)
  })
}

test('PUT /product/{id} refuses a body that changes nothing with 422.', async (t) => {
  for (const body of ['{}', '']) {
    const answer = await api.ask('PUT', update, body, { admin: true })
    isProblem(t, answer, { code: 'invalid_request', path: update, at: [''] })
  }
})

for (const quantityDelta of [1_000_000_000, Number.MAX_SAFE_INTEGER]) {
  test(`A quantityDelta of ${quantityDelta} is refused by its own name.`, async (t) => {
    const answer = await api.ask('PUT', update, { quantityDelta }, { admin: true })
    isProblem(t, answer, { code: 'invalid_request', path: update, at: ['/quantityDelta'] })
  })
}

for (const change of [{ quantityDelta: -Number.MAX_SAFE_INTEGER }, { quantityDelta: -11 }]) {
  test(`${JSON.stringify(change)} would leave less than orders hold, and changes nothing.`, async (t) => {
    const answer = await api.ask('PUT', update, change, { admin: true })
    isProblem(t, answer, { code: 'quantity_below_reserved', path: update })
    t.deepEqual(await stored(api), before)
  })
}

test.after.always(api.stop)

function show(raw: string): string {
  return raw.length > 20 ? `text of ${raw.length - 2} characters` : raw
}
