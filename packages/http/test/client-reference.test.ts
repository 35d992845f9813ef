import { randomUUID } from 'node:crypto'
import test from 'ava'
import { startOneService } from './one-service.ts'
import { lines, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 1000)
const newReference = () => `C#${randomUUID()}`
const find = (reference: string, caller = {}) =>
  api.ask('GET', `/order?clientReference=${encodeURIComponent(reference)}`, undefined, caller)

test('An order is shown with its reference and its metadata, and found by the reference.', async (t) => {
  const clientReference = newReference()
  const metadata = { campaign: 'spring', größe: '大' }
  const body = { ...lines(mug), clientReference, metadata }
  const placed = await api.ask('POST', '/order', body, { user: 'rita' })
  t.is(placed.status, 201, placed.text)
  t.like(placed.body, { clientReference, metadata })
  t.deepEqual((await find(clientReference, { user: 'rita' })).body.items, [placed.body])
  t.deepEqual((await find(clientReference, { user: 'sam' })).body.items, [])
  t.deepEqual((await find(clientReference, { admin: true })).body.items, [placed.body])
  const plain = await api.ask('POST', '/order', lines(mug, 2), { user: 'rita' })
  t.like(plain.body, { clientReference: null })
  t.deepEqual(plain.body.metadata, {})
})

test('A second order with a reference is refused with the first one, also long after it was paid.', async (t) => {
  const clientReference = newReference()
  const user = { user: 'tom' }
  const placed = await api.ask('POST', '/order', { ...lines(mug), clientReference }, user)
  const orderId = placed.body.id
  t.is((await api.ask('POST', '/payment', { orderId }, user)).status, 201)
  const body = { ...lines(mug, 3), clientReference, allowDuplicate: true }
  const again = await api.ask('POST', '/order', body, user)
  t.like(again, { status: 409, body: { code: 'duplicate_order', allowed: [] } })
  t.like(again.body.order, { id: orderId, state: 'PAYMENT_DONE' })
  t.is((await api.ask('POST', '/order', body, { user: 'ulla' })).status, 201)
})

test('Metadata is replaced by a PUT that has some, and stays with one that has none.', async (t) => {
  const user = { user: 'vera' }
  const placed = await api.ask('POST', '/order', { ...lines(mug), metadata: { a: '1' } }, user)
  const put = (body: object) => api.ask('PUT', `/order/${placed.body.id}`, body, user)
  t.deepEqual((await put(lines(mug, 2))).body.metadata, { a: '1' })
  t.deepEqual((await put({ ...lines(mug, 2), metadata: { b: '2' } })).body.metadata, { b: '2' })
  const refused = await put({ ...lines(mug, 2), metadata: { c: 'x'.repeat(501) } })
  t.like(refused, { status: 422, body: { code: 'invalid_request' } })
  t.like(refused.body.errors, [{ pointer: '/metadata/c' }])
  t.like(await put({ ...lines(mug, 2), metadata: { c: 7 } }), { status: 422 })
})

test('What is no reference is refused in a body and in a query.', async (t) => {
  const body = { ...lines(mug), clientReference: 'a b' }
  const placed = await api.ask('POST', '/order', body)
  t.like(placed.body.errors, [{ pointer: '/clientReference' }])
  t.like((await find('a b')).body.errors, [{ parameter: 'clientReference' }])
  t.is((await find('')).status, 422)
})

test.after.always(api.stop)
