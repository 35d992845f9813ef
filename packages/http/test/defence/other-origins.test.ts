import test, { type ExecutionContext } from 'ava'
import { SignJWT } from 'jose'
import type { Replaced } from '../../src/serve.ts'
import { buggyStore, deadStore, exhausted } from '../examples/faults.ts'
import { type Sent, startLoggedService } from '../support.ts'

const secret = 'thirty-two bytes or more, and known to the issuer only'
const jwt = { AUTH: 'jwt', JWT_SECRET: secret }
const shop = 'https://shop.example'
const open = { ...jwt, CORS_ORIGINS: `${shop},http://localhost:5173` }
const key = new TextEncoder().encode(secret)
const token = (roles: readonly string[] = []): Promise<string> =>
  new SignJWT({ roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ann')
    .setExpirationTime('10m')
    .sign(key)

const start = async (
  t: ExecutionContext,
  environment: Readonly<Record<string, string>> = open,
  replacements: Replaced = {},
) => {
  const service = await startLoggedService(replacements, environment)
  t.teardown(service.stop)
  return service
}

/** What a browser asks before it sends a page’s request. Nobody is signed in, and fetch would not let us play one. */
const preflight = (url: string, origin = shop, path = '/order') =>
  fetch(url + path, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'authorization,idempotency-key',
    },
  })

/** The headers of CORS, and of Vary what has to do with it. */
const corsHeaders = (headers: Headers): Record<string, string> => ({
  ...Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-'))),
  ...(/\borigin\b/i.test(headers.get('vary') ?? '') && { vary: 'Origin' }),
})

const allowing = {
  'access-control-allow-origin': shop,
  'access-control-allow-methods': 'GET,HEAD,POST,PUT',
  'access-control-allow-headers':
    'Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match,Prefer,X-Request-Id',
  'access-control-max-age': '600',
  vary: 'Origin',
}
const exposing = {
  'access-control-allow-origin': shop,
  'access-control-expose-headers':
    'ETag,Location,Retry-After,Idempotent-Replayed,Preference-Applied,X-Request-Id',
  vary: 'Origin',
}

for (const [what, replacements] of Object.entries({
  'nobody has signed in': {},
  'every limit is used up': { rateLimits: exhausted },
  'there is too much to do': { loadLimits: { working: 0, paying: 0 } },
  'the database is out of reach': { store: deadStore() },
})) {
  test(`A preflight of a page whose origin is named is answered although ${what}.`, async (t) => {
    const { service } = await start(t, open, replacements)
    for (const path of ['/order', '/order/ord_1', '/payment', '/nowhere', '/healthz']) {
      const answer = await preflight(service.url, shop, path)
      t.is(answer.status, 204)
      t.deepEqual(corsHeaders(answer.headers), allowing)
      t.is(await answer.text(), '')
    }
  })
}

type Refused = Readonly<{
  status: number
  method: string
  path: string
  body?: unknown
  sent?: Sent
  replacements?: Replaced
}>

const asked = { method: 'GET', path: '/order' }
const placed = { method: 'POST', path: '/order', body: { lines: [] } }
const answers: readonly Refused[] = [
  { status: 200, ...asked },
  { status: 200, method: 'GET', path: '/healthz' },
  { status: 400, ...placed, body: '{' },
  { status: 400, method: 'GET', path: '/%' },
  { status: 401, ...asked, sent: { headers: { Authorization: 'Bearer none' } } },
  { status: 401, method: 'POST', path: '/gateway/notification', body: {} },
  { status: 403, method: 'POST', path: '/product', body: {} },
  { status: 404, method: 'GET', path: '/order/ord_1' },
  { status: 404, method: 'GET', path: '/nowhere' },
  { status: 405, method: 'DELETE', path: '/order' },
  { status: 413, ...placed, body: ' '.repeat(65_537) },
  { status: 415, ...placed, sent: { headers: { 'Content-Type': 'text/plain' } } },
  { status: 422, ...placed },
  { status: 429, ...asked, replacements: { rateLimits: exhausted } },
  { status: 429, method: 'GET', path: '/nowhere', replacements: { rateLimits: exhausted } },
  { status: 500, ...asked, replacements: { store: buggyStore() } },
  { status: 503, ...asked, replacements: { store: deadStore() } },
  { status: 503, ...asked, replacements: { loadLimits: { working: 0, paying: 0 } } },
]

for (const { status, method, path, body, sent, replacements = {} } of answers) {
  const how = `${Object.keys(replacements)} ${JSON.stringify(sent?.headers ?? {}).slice(0, 40)}`
  test(`A page can read the ${status} of ${method} ${path}, if its origin is named. ${how}`, async (t) => {
    const environment = { ...open, GATEWAY_SECRET: secret.replaceAll(' ', '-') }
    const { service } = await start(t, environment, replacements)
    const headersFor = async (origin: string): Promise<Headers> => {
      const answer = await fetch(service.url + path, {
        method,
        headers: {
          ...{ Origin: origin, Authorization: `Bearer ${await token()}` },
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...sent?.headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      t.is(answer.status, status)
      await answer.text()
      return answer.headers
    }
    t.deepEqual(corsHeaders(await headersFor(shop)), exposing)
    t.deepEqual(corsHeaders(await headersFor('https://other.example')), { vary: 'Origin' })
  })
}

test('A request that no page sends is told that the answer depends on its origin, and no more.', async (t) => {
  const { ask } = await start(t)
  t.deepEqual(corsHeaders((await ask('GET', '/healthz')).headers), { vary: 'Origin' })
})

test('What depends on more than the origin says so too.', async (t) => {
  const { ask, service } = await start(t)
  const [, file = ''] = /src="(\/docs\/[^"]+)"/.exec((await ask('GET', '/docs')).text) ?? []
  const { headers } = await fetch(service.url + file)
  t.deepEqual(headers.get('vary')?.split(', ').sort(), ['Accept-Encoding', 'Origin'])
})

const strange = [
  ...['https://other.example', 'https://shop.example.evil.example', 'http://shop.example'],
  ...['https://shop.example:8443', 'https://SHOP.example', 'null', '*', `${shop},`],
]

test('No other origin is let in, however alike.', async (t) => {
  const { service } = await start(t)
  for (const origin of strange) {
    const answer = await preflight(service.url, origin)
    t.is(answer.status, 405)
    t.deepEqual(corsHeaders(answer.headers), { vary: 'Origin' })
  }
})

for (const [what, environment] of Object.entries({ 'AUTH=jwt': jwt, 'AUTH=local': {} })) {
  test(`Where no origin is named, answers are as without CORS, with ${what}.`, async (t) => {
    const { service } = await start(t, environment)
    const answer = await preflight(service.url)
    t.is(answer.status, 405)
    t.deepEqual(corsHeaders(answer.headers), {})
    const probed = await fetch(`${service.url}/healthz`, { headers: { Origin: shop } })
    t.deepEqual(corsHeaders(probed.headers), {})
  })
}

test('A page that is refused for its origin is reported once, since only its own console says why.', async (t) => {
  const { service, lines } = await start(t)
  await preflight(service.url, '{"level":60}')
  await preflight(service.url, 'https://other.example')
  const warned = lines().filter(({ msg }) => /CORS_ORIGINS/.test(msg))
  t.deepEqual(
    warned.map(({ level, origin }) => [level, origin]),
    [[40, undefined]],
  )
  const another = await start(t, jwt)
  await preflight(another.service.url)
  t.is(another.lines().find(({ msg }) => /CORS_ORIGINS/.test(msg)).origin, shop)
})

test('Preflights are counted, and say nothing in the log: the request itself will.', async (t) => {
  const { service, ask, logged } = await start(t)
  const answer = await preflight(service.url)
  const line = await logged(answer.headers.get('x-request-id'))
  t.like(line, { level: 20, method: 'OPTIONS', status: 204 })
  const { text } = await ask('GET', '/metrics')
  t.regex(text, /holdfast_http_requests_total\{route="none",method="any",status="204"\} 1/)
})
