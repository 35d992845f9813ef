import { randomUUID } from 'node:crypto'
import test from 'ava'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { place, sell } from './support.ts'

const api = await startOneService()
const admin = { admin: true }
const ask = (method: string, path: string, body?: unknown) => api.ask(method, path, body, admin)
const price = { amountMinor: 1299, currency: 'EUR' }

const kindsOf = async (id: string) =>
  (await api.service.useCases.listMovements(id))
    ._unsafeUnwrap()
    .map(({ kind, quantityDelta }) => [kind, quantityDelta])

test('A product that is made is answered whole, and can be read by everybody.', async (t) => {
  const sku = randomUUID()
  const made = await ask('POST', '/product', { sku, name: 'Mug', price, quantity: 7 })
  const { id, createdAt, updatedAt, ...rest } = made.body
  const stock = { quantity: 7, reserved: 0, available: 7 }
  const whole = {
    sku,
    name: 'Mug',
    description: '',
    price,
    ...stock,
    maxPerOrder: null,
    version: 1,
  }
  t.deepEqual([made.status, rest], [201, whole])
  t.regex(id, /^prod_[0-9a-f]{32}$/)
  t.is(createdAt, updatedAt)
  t.regex(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.is(made.headers.get('location'), `/product/${id}`)
  const read = await api.ask('GET', `/product/${id}`, undefined, { user: 'bob' })
  t.deepEqual([read.status, read.body], [200, made.body])
})

const accepted: readonly (readonly [what: string, fields: Readonly<Record<string, unknown>>])[] = [
  ['the shortest name', { name: 'x' }],
  ['the longest name', { name: 'x'.repeat(200) }],
  ['a name in any script', { name: 'Чашка 杯 🏺' }],
  ['the longest description', { description: 'x'.repeat(2000) }],
  ['a description with line breaks and tabs', { description: 'a\n\tb' }],
  ['markup as a description', { description: '<script>alert(1)</script>' }],
  ['SQL as a name', { name: "'; DROP TABLE products; --" }],
  ['no price', { price: { amountMinor: 0, currency: 'EUR' } }],
  ['the highest price', { price: { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'JPY' } }],
  ['no quantity', { quantity: 0 }],
  ['the highest quantity', { quantity: 1_000_000_000 }],
  ['a limit of one an order', { maxPerOrder: 1 }],
  ['the highest limit an order', { maxPerOrder: 1_000_000 }],
  ['no limit an order', { maxPerOrder: null }],
]

for (const [what, fields] of accepted) {
  test(`A product with ${what} is kept as it was sent.`, async (t) => {
    const body = { sku: randomUUID(), name: 'Mug', description: '', price, quantity: 1, ...fields }
    const made = await ask('POST', '/product', body)
    t.is(made.status, 201, made.text)
    t.like((await ask('GET', `/product/${made.body.id}`)).body, body)
  })
}

for (const [what, change, quantity] of [
  ['set', { quantity: 25 }, 25],
  ['set to what orders hold', { quantity: 4 }, 4],
  ['raised', { quantityDelta: 5 }, 15],
  ['lowered', { quantityDelta: -6 }, 4],
  ['left as it is', { quantityDelta: 0 }, 10],
] as const) {
  test(`The stock of a product can be ${what}.`, async (t) => {
    const mug = await sell(api, 10)
    await place(api, mug, 4)
    const changed = await ask('PUT', `/product/${mug}`, change)
    const { reserved, available } = changed.body
    t.deepEqual(
      [changed.status, changed.body.quantity, reserved, available],
      [200, quantity, 4, quantity - 4],
    )
    const sets = (await kindsOf(mug)).filter(([kind]) => kind === 'set')
    const difference = quantity - 10
    t.deepEqual(
      sets,
      difference === 0
        ? [['set', 10]]
        : [
            ['set', 10],
            ['set', difference],
          ],
    )
  })
}

for (const change of [
  { quantity: 3 },
  { quantity: 0 },
  { quantityDelta: -7 },
  { quantityDelta: -11 },
]) {
  test(`${JSON.stringify(change)} is refused where orders hold 4 of 10: 409.`, async (t) => {
    const mug = await sell(api, 10)
    await place(api, mug, 4)
    const path = `/product/${mug}`
    const before = await ask('GET', path)
    const answer = await ask('PUT', path, { ...change, name: 'Other' })
    isProblem(t, answer, { code: 'quantity_below_reserved', path })
    t.deepEqual(answer.body.product, before.body)
    t.is((await ask('GET', path)).text, before.text)
  })
}

test('What a change leaves out stays.', async (t) => {
  const mug = await sell(api, 10)
  const path = `/product/${mug}`
  const before = (await ask('GET', path)).body
  for (const change of [
    { name: 'Cup' },
    { description: 'Blue' },
    { price: { amountMinor: 5, currency: 'USD' } },
    { sku: randomUUID() },
    { sku: before.sku },
  ]) {
    const { body: was } = await ask('GET', path)
    const changed = await ask('PUT', path, change)
    t.is(changed.status, 200)
    const version = was.version + 1
    t.deepEqual({ ...changed.body, updatedAt: '' }, { ...was, ...change, version, updatedAt: '' })
  }
})

test('An order keeps the name and price that it was placed at.', async (t) => {
  const mug = await sell(api, 10)
  const path = `/order/${await place(api, mug)}`
  const before = await ask('GET', path)
  await ask('PUT', `/product/${mug}`, { name: 'Cup', price: { amountMinor: 1, currency: 'USD' } })
  t.is((await ask('GET', path)).text, before.text)
})

test('A code that another product has is refused, and that product is shown: 409.', async (t) => {
  const sku = randomUUID()
  const first = await ask('POST', '/product', { sku, name: 'First', price })
  const again = await ask('POST', '/product', { sku, name: 'Second', price })
  isProblem(t, again, { code: 'sku_taken', path: '/product' })
  t.deepEqual(again.body.product, first.body)
  const path = `/product/${await sell(api, 1)}`
  const renamed = await ask('PUT', path, { sku })
  isProblem(t, renamed, { code: 'sku_taken', path })
  t.deepEqual(renamed.body.product, first.body)
})

test('Of twenty products with one code at once exactly one is made.', async (t) => {
  const sku = randomUUID()
  const make = () => ask('POST', '/product', { sku, name: 'Mug', price, quantity: 1 })
  const answers = await Promise.all(Array.from({ length: 20 }, make))
  t.is(answers.filter(({ status }) => status === 201).length, 1)
  t.is(answers.filter(({ body }) => body.code === 'sku_taken').length, 19)
})

test('Twenty deltas at once all count.', async (t) => {
  const mug = await sell(api, 100)
  const path = `/product/${mug}`
  const change = (_: unknown, index: number) => ask('PUT', path, { quantityDelta: index - 5 })
  const answers = await Promise.all(Array.from({ length: 20 }, change))
  t.true(answers.every(({ status }) => status === 200))
  t.is((await ask('GET', path)).body.quantity, 100 + 190 - 100)
})

test.after.always(api.stop)
