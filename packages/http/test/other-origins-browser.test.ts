import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { SignJWT } from 'jose'
import { openBrowser } from './browser.ts'
import { type Answer, startOneService } from './support.ts'

const secret = 'thirty-two bytes or more, and known to the issuer only'
const browser = await openBrowser()

/** A shop's own page on a port of its own, which is another origin. It holds nothing. */
const shop = createServer((_, response) => {
  response.setHeader('Content-Type', 'text/html')
  response.end('<!doctype html><title>A shop</title>')
})
await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`

const token = (user: string, roles: readonly string[] = []): Promise<string> =>
  new SignJWT({ roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

/** What the page's script asks the service for, and what of the answer it gets to see. */
type Asked = Readonly<{ path: string; method?: string; headers?: object; body?: object }>
type Seen = Readonly<{ status: number; headers: Record<string, string>; body: Answer['body'] }>

/** A service that lets these origins in, a mug on sale in it, and a page of the shop in a browser. */
const open = async (t: ExecutionContext, origins: string, environment = {}) => {
  const settings = { AUTH: 'jwt', JWT_SECRET: secret, CORS_ORIGINS: origins, ...environment }
  const { service, ask, stop } = await startOneService({}, settings)
  t.teardown(stop)
  const price = { amountMinor: 1299, currency: 'EUR' }
  const made = await ask(
    'POST',
    '/product',
    { sku: 'MUG-01', name: 'Enamel mug', price, quantity: 10 },
    { headers: { Authorization: `Bearer ${await token('root', ['admin'])}` } },
  )
  const page = await browser.newPage()
  t.teardown(() => page.close())
  page.setDefaultTimeout(120_000)
  await page.goto(origin)
  /** Runs fetch in the page; throws where the browser does not let it see the answer. */
  const fetchInPage = (asked: Asked): Promise<Seen> =>
    page.evaluate(`(async ({ path, body, ...init }) => {
      const response = await fetch(${JSON.stringify(service.url)} + path, {
        ...init,
        headers: { ...init.headers, ...(body && { 'Content-Type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: text === '' ? undefined : JSON.parse(text),
      }
    })(${JSON.stringify(asked)})`)
  return { fetchInPage, ask, url: service.url, mug: made.body.id as string }
}

test('A page of a named origin takes an order to paid: it places, edits with the tag it read, and pays.', async (t) => {
  const { fetchInPage, ask, mug } = await open(t, `https://shop.example,${origin}`)
  const authorization = { Authorization: `Bearer ${await token('ann')}` }
  const placing = {
    path: '/order',
    method: 'POST',
    headers: { ...authorization, 'Idempotency-Key': 'basket-1', 'X-Request-Id': 'from-the-page' },
    body: { lines: [{ productId: mug, quantity: 2 }] },
  }
  const placed = await fetchInPage(placing)
  t.is(placed.status, 201)
  t.is(placed.headers['x-request-id'], 'from-the-page')
  t.is(placed.headers['location'], `/order/${placed.body.id}`)
  const again = await fetchInPage(placing)
  t.is(again.headers['idempotent-replayed'], 'true')

  const path = `/order/${placed.body.id}`
  const read = await fetchInPage({ path, headers: authorization })
  const { etag = '' } = read.headers
  t.regex(etag, /^"/)
  const unchanged = await fetchInPage({
    ...{ path, headers: { ...authorization, 'If-None-Match': etag } },
  })
  t.true([200, 304].includes(unchanged.status))
  const editing = {
    ...{ path, method: 'PUT', headers: { ...authorization, 'If-Match': etag } },
    body: { lines: [{ productId: mug, quantity: 3 }] },
  }
  t.is((await fetchInPage(editing)).status, 200)

  const paid = await fetchInPage({
    ...{ path: '/payment', method: 'POST', headers: authorization },
    body: { orderId: placed.body.id },
  })
  t.is(paid.status, 201)
  t.is(paid.body.state, 'SUCCEEDED')
  const order = (await ask('GET', path, undefined, { headers: authorization })).body
  t.is(order.state, 'PAYMENT_DONE')
  t.is(order.lines[0].quantity, 3)
})

test('A page of a named origin can read why it is refused, and when to come back.', async (t) => {
  const { fetchInPage } = await open(t, origin, { RATE_LIMIT: '1' })
  const headers = { Authorization: `Bearer ${await token('ann')}` }
  const strange = await fetchInPage({ path: '/order', headers: { Authorization: 'Bearer none' } })
  t.like(strange, { status: 401, body: { code: 'unauthenticated' } })
  const missing = await fetchInPage({ path: '/order/ord_1', headers })
  t.like(missing, { status: 404, body: { code: 'order_not_found' } })
  let refused = missing
  while (refused.status !== 429) refused = await fetchInPage({ path: '/order/ord_1', headers })
  t.is(refused.body.code, 'rate_limited')
  t.regex(refused.headers['retry-after'] ?? '', /^\d+$/)
})

for (const [what, origins] of Object.entries({
  'no origin is named': '',
  'only others are named': 'https://shop.example',
})) {
  test(`Where ${what}, the browser lets a page see and do nothing.`, async (t) => {
    const { fetchInPage, ask, mug } = await open(t, origins)
    const authorization = { Authorization: `Bearer ${await token('ann')}` }
    const placing = {
      ...{ path: '/order', method: 'POST', headers: authorization },
      body: { lines: [{ productId: mug, quantity: 2 }] },
    }
    await t.throwsAsync(fetchInPage(placing), { message: /Failed to fetch/ })
    await t.throwsAsync(fetchInPage({ path: '/healthz' }), { message: /Failed to fetch/ })
    const orders = await ask('GET', '/order', undefined, { headers: authorization })
    t.deepEqual(orders.body.items, [])
  })
}

test.after.always(async () => {
  await browser.close()
  shop.close()
})
