import { randomUUID } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import type { ProblemCode } from '../src/problems.ts'
import { handClock, startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { type Answer, lines, place, sell, startService } from './support.ts'

const api = await startOneService()
const { ask } = api

const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true'

/** A refusal that is its key's answer for good, even when what stood in the way is gone. */
type KeptRefusal = Readonly<{
  code: ProblemCode
  /** Makes the refusal inevitable, and names the request and how to clear its way. */
  arrange: () => Promise<
    Readonly<{
      method: string
      path: string
      body?: object
      headers?: Readonly<Record<string, string>>
      clear?: () => Promise<Answer>
    }>
  >
}>

const admin = { admin: true }

const keptRefusals: readonly KeptRefusal[] = [
  {
    code: 'duplicate_order',
    arrange: async () => {
      const mug = await sell(api, 10)
      const order = await place(api, mug)
      const clear = () => ask('POST', `/order/cancelorder/${order}`)
      return { method: 'POST', path: '/order', body: lines(mug), clear }
    },
  },
  {
    code: 'illegal_transition',
    arrange: async () => {
      const mug = await sell(api, 1)
      const { id } = (await ask('POST', '/order', lines(mug, 2))).body.order
      await ask('PUT', `/product/${mug}`, { quantity: 2 }, admin)
      const clear = () => ask('POST', `/order/retryorder/${id}`)
      return { method: 'POST', path: '/payment', body: { orderId: id }, clear }
    },
  },
  {
    code: 'insufficient_stock',
    arrange: async () => {
      const mug = await sell(api, 1)
      const path = `/order/${await place(api, mug)}`
      const clear = () => ask('PUT', `/product/${mug}`, { quantity: 9 }, admin)
      return { method: 'PUT', path, body: lines(mug, 2), clear }
    },
  },
  {
    code: 'order_already_paid',
    arrange: async () => {
      const orderId = await place(api, await sell(api, 1))
      await ask('POST', '/payment', { orderId })
      return { method: 'POST', path: '/payment', body: { orderId } }
    },
  },
  {
    code: 'total_changed',
    arrange: async () => {
      const mug = await sell(api, 10)
      const orderId = await place(api, mug)
      const body = { orderId, expectedTotal: { amountMinor: 2598, currency: 'EUR' } }
      const clear = () => ask('PUT', `/order/${orderId}`, lines(mug, 2))
      return { method: 'POST', path: '/payment', body, clear }
    },
  },
  {
    code: 'version_mismatch',
    arrange: async () => {
      const mug = await sell(api, 10)
      const path = `/order/${await place(api, mug)}`
      const clear = () => ask('PUT', path, lines(mug, 3))
      return { method: 'PUT', path, body: lines(mug, 2), headers: { 'If-Match': '"2"' }, clear }
    },
  },
  {
    code: 'unknown_product',
    arrange: async () => ({
      method: 'POST',
      path: '/order',
      body: lines(`prod_${'0'.repeat(32)}`),
    }),
  },
  {
    code: 'invalid_request',
    arrange: async () => ({ method: 'POST', path: '/order', body: { lines: [] } }),
  },
  {
    code: 'amount_too_large',
    arrange: async () => {
      const gem = await sell(api, 10, Number.MAX_SAFE_INTEGER)
      const price = { amountMinor: 1, currency: 'EUR' }
      const clear = () => ask('PUT', `/product/${gem}`, { price }, admin)
      return { method: 'POST', path: '/order', body: lines(gem, 2), clear }
    },
  },
  {
    code: 'sku_taken',
    arrange: async () => {
      const sku = randomUUID()
      const body = { sku, name: 'A', price: { amountMinor: 1, currency: 'EUR' } }
      const { id } = (await ask('POST', '/product', body, admin)).body
      const clear = () => ask('PUT', `/product/${id}`, { sku: randomUUID() }, admin)
      return { method: 'POST', path: '/product', body, clear }
    },
  },
  {
    code: 'quantity_below_reserved',
    arrange: async () => {
      const mug = await sell(api, 10)
      const order = await place(api, mug, 5)
      const clear = () => ask('POST', `/order/cancelorder/${order}`)
      return { method: 'PUT', path: `/product/${mug}`, body: { quantity: 4 }, clear }
    },
  },
]

for (const { code, arrange } of keptRefusals) {
  test(`The refusal ${code} is kept under its key, and a new key is judged anew.`, async (t) => {
    const key = randomUUID()
    const { method, path, body, headers = {}, clear } = await arrange()
    const send = (by: string) => ask(method, path, body, { key: by, headers, ...admin })
    const first = await send(key)
    isProblem(t, first, { code, path })
    if (clear) t.is((await clear()).status, 200)
    const again = await send(key)
    t.deepEqual([again.status, again.text, isReplayed(again)], [first.status, first.text, true])
    t.is((await send(randomUUID())).status < 300, clear !== undefined)
  })
}

const isForgotten = (t: ExecutionContext, refused: Answer, status: number, accepted: Answer) => {
  t.is(refused.status, status, refused.text)
  t.true(accepted.status < 300, accepted.text)
  t.false(isReplayed(refused) || isReplayed(accepted))
}

test('A 400 is not kept: the key is free for the mended request.', async (t) => {
  const key = randomUUID()
  const mug = await sell(api, 10)
  const refused = await ask('POST', '/order', '{"lines":[', { key })
  isForgotten(t, refused, 400, await ask('POST', '/order', lines(mug), { key }))
})

test('A 401 is not kept: the key is free for the signed-in request.', async (t) => {
  const key = randomUUID()
  const mug = await sell(api, 10)
  const refused = await ask('POST', '/order', lines(mug), { key, user: '' })
  isForgotten(t, refused, 401, await ask('POST', '/order', lines(mug), { key }))
})

test('A 403 is not kept: the key is free for the admin.', async (t) => {
  const key = randomUUID()
  const path = `/product/${await sell(api, 10)}`
  const refused = await ask('PUT', path, { quantity: 5 }, { key })
  isForgotten(t, refused, 403, await ask('PUT', path, { quantity: 5 }, { key, ...admin }))
})

test('A 404 is not kept: the key is free for the order that exists.', async (t) => {
  const key = randomUUID()
  const orderId = await place(api, await sell(api, 10))
  const refused = await ask('POST', '/payment', { orderId: `ord_${'0'.repeat(32)}` }, { key })
  isForgotten(t, refused, 404, await ask('POST', '/payment', { orderId }, { key }))
})

test('A 429 is not kept: the same request with the same key is accepted once it is allowed.', async (t) => {
  const clock = handClock()
  const own = await startService(t, { clock })
  const orderId = await place(own, await sell(own, 10))
  const declined = { orderId, paymentMethod: 'fake_decline' }
  t.is((await own.ask('POST', '/payment', declined)).status, 402)
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    clock.forward(60_000)
    t.is((await own.ask('POST', '/retrypayment', declined)).status, 402)
  }
  const key = randomUUID()
  const refused = await own.ask('POST', '/retrypayment', { orderId }, { key })
  isProblem(t, refused, { code: 'payment_attempts_exceeded', path: '/retrypayment' })
  t.is(refused.headers.get('retry-after'), '360')
  clock.forward(359_999)
  t.is((await own.ask('POST', '/retrypayment', { orderId }, { key })).status, 429)
  clock.forward(1)
  isForgotten(t, refused, 429, await own.ask('POST', '/retrypayment', { orderId }, { key }))
})

test.after.always(api.stop)
