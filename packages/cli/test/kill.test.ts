import test from 'ava'
import { type Server, workplace } from './support.ts'

const json = { 'Content-Type': 'application/json', 'X-User-Id': 'ann', 'X-User-Role': 'admin' }

type Reply = { status: number; body: { id: string; state: string; order: { id: string } } }

const ask = async (
  { url }: Server,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> => {
  const response = await fetch(url + path, {
    method,
    headers: json,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Reply['body'] }
}

test('what was answered with success is there after kill -9 right after the answer, every time', async (t) => {
  const { serve } = workplace(t)
  let server = await serve()
  const ids = { product: '', order: '', payment: '' }
  const line = (quantity: number) => ({ lines: [{ productId: ids.product, quantity }] })
  const price = { amountMinor: 1299, currency: 'EUR' }

  /** Each request, where to find what it made, and what must be found there. */
  const steps: readonly [string, () => Promise<Reply>, () => string, object][] = [
    [
      'create product',
      () => ask(server, 'POST', '/product', { sku: 'MUG', name: 'Mug', price, quantity: 9 }),
      () => `/product/${ids.product}`,
      { sku: 'MUG', quantity: 9 },
    ],
    [
      'restock',
      () => ask(server, 'PUT', `/product/${ids.product}`, { quantityDelta: 1 }),
      () => `/product/${ids.product}`,
      { quantity: 10 },
    ],
    [
      'create order',
      () => ask(server, 'POST', '/order', line(2)),
      () => `/order/${ids.order}`,
      { state: 'CREATED', version: 1 },
    ],
    [
      'modify order',
      () => ask(server, 'PUT', `/order/${ids.order}`, line(3)),
      () => `/order/${ids.order}`,
      { state: 'CREATED', version: 2, total: { amountMinor: 3897, currency: 'EUR' } },
    ],
    [
      'pay',
      () => ask(server, 'POST', '/payment', { orderId: ids.order }),
      () => `/payment/${ids.payment}`,
      { state: 'SUCCEEDED' },
    ],
    [
      'create another order',
      () => ask(server, 'POST', '/order', line(1)),
      () => `/order/${ids.order}`,
      { state: 'CREATED' },
    ],
    [
      'pay without an answer',
      () => ask(server, 'POST', '/payment', { orderId: ids.order, paymentMethod: 'fake_ack_lost' }),
      () => `/order/${ids.order}`,
      // Captured at the gateway; the restarted server asks at once and finds out.
      { state: 'PAYMENT_DONE' },
    ],
    [
      'create a third order',
      () => ask(server, 'POST', '/order', line(5)),
      () => `/order/${ids.order}`,
      { state: 'CREATED' },
    ],
    [
      'cancel order',
      () => ask(server, 'POST', `/order/cancelorder/${ids.order}`),
      () => `/order/${ids.order}`,
      { state: 'ORDER_CANCELLED' },
    ],
    [
      'retry order',
      async () => {
        const { body } = await ask(server, 'POST', '/order', line(7))
        await ask(server, 'PUT', `/product/${ids.product}`, { quantityDelta: 1 })
        return ask(server, 'POST', `/order/retryorder/${body.order.id}`)
      },
      () => `/order/${ids.order}`,
      { state: 'CREATED', version: 2 },
    ],
    [
      'retry payment',
      async () => {
        const orderId = ids.order
        await ask(server, 'POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
        return ask(server, 'POST', '/retrypayment', { orderId })
      },
      () => `/payment/${ids.payment}`,
      { state: 'SUCCEEDED', attempt: 2 },
    ],
  ]
  for (const [name, request, where, expected] of steps) {
    const { status, body } = await request()
    await server.end('SIGKILL')
    t.true(status >= 200 && status < 300, `${name}: ${status} ${JSON.stringify(body)}`)
    const [kind] = body.id.split('_')
    if (kind === 'prod') ids.product = body.id
    if (kind === 'ord') ids.order = body.id
    if (kind === 'pay') ids.payment = body.id

    server = await serve()
    const found = await settled(server, where(), expected)
    t.like(found, expected, name)
  }
  const { body: product } = await ask(server, 'GET', `/product/${ids.product}`)
  t.like(product, { quantity: 0, reserved: 0 })
  t.is(await server.end('SIGTERM'), 0)
})

/** What is found, once the first round of reconciliation after a restart has had its say. */
const settled = async (server: Server, path: string, expected: object): Promise<object> => {
  for (let tries = 0; ; tries += 1) {
    const { body } = await ask(server, 'GET', path)
    const waits = 'state' in expected && body.state !== expected.state && tries < 5000
    if (!waits) return body
  }
}
