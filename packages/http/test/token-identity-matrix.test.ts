import test from 'ava'
import { SignJWT } from 'jose'
import { askRoute, everyRoute, newProduct, type Route } from './every-route.ts'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { place, sell, type TestService } from './support.ts'

const secret = 'thirty-two bytes or more, and known to the issuer only'
const api = await startOneService({}, { AUTH: 'jwt', JWT_SECRET: secret })
const { url } = api.service

type Signing = Readonly<{ roles?: unknown; key?: string; validFor?: string }>

const token = (sub: string, { roles, key = secret, validFor = '10m' }: Signing = {}) =>
  new SignJWT(roles === undefined ? {} : { roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime(validFor)
    .sign(new TextEncoder().encode(key))

const ann = await token('ann')
const bob = await token('bob')
const admin = await token('root', { roles: ['admin'] })

/** Asks with a token of ann's, bob's or the admin's instead of the headers of AUTH=local. */
const ask: TestService['ask'] = (method, path, body, sent = {}) => {
  const bearer = sent.admin ? admin : sent.user === 'bob' ? bob : ann
  const headers = { Authorization: `Bearer ${bearer}`, ...sent.headers }
  return api.ask(method, path, body, { user: '', headers })
}

const mug = await sell({ ask }, 20)
const order = await place({ ask }, mug)
const payment = (await ask('POST', '/payment', { orderId: order })).body.id
const before = await stored(api)

const routes = everyRoute(mug, order, payment)

const askRaw = (route: Route, head: readonly string[]) => askRoute(url, route, head)

const roles = ['admin']
const [header = '', , signature = ''] = admin.split('.')
const posing = Buffer.from('{"sub":"ann","roles":["admin"],"exp":9999999999}').toString('base64url')
const bad: Readonly<Record<string, string | undefined>> = {
  'no token': undefined,
  'an empty token': '',
  'a garbage token': 'garbage',
  'an unsigned token': `eyJhbGciOiJub25lIn0.${posing}.`,
  'a token whose payload was changed': `${header}.${posing}.${signature}`,
  'a token signed with another secret': await token('ann', { roles, key: secret.toUpperCase() }),
  'an expired token': await token('ann', { roles, validFor: '-31s' }),
  'a token for cli': await token('cli', { roles }),
  'a token for system': await token('system', { roles }),
}

for (const [what, bearer] of Object.entries(bad)) {
  test(`Every route that needs a sign-in answers 401 to ${what}.`, async (t) => {
    const sent = bearer === undefined ? [] : [`Authorization: Bearer ${bearer}`]
    for (const route of routes) {
      const head = ['Host: localhost', 'X-User-Id: ann', 'X-User-Role: admin', ...sent]
      const answer = await askRaw(route, head)
      isProblem(t, answer, { code: 'unauthenticated', path: route.path })
      t.regex(answer.headers.get('www-authenticate') ?? '', /^Bearer( error="invalid_token")?$/)
    }
    t.deepEqual(await stored(api), before)
  })
}

test('What needs no sign-in is served without a token, and with a bad one.', async (t) => {
  for (const path of ['/healthz', '/readyz', '/problems/unauthenticated']) {
    for (const sent of [[], ['Authorization: Bearer garbage'], [`Authorization: Bearer ${ann}`]]) {
      t.is((await askRaw({ method: 'GET', path }, ['Host: localhost', ...sent])).status, 200, path)
    }
  }
})

for (const host of ['shop.example', 'shop.example:8443', '10.1.2.3', '[2001:db8::1]:80']) {
  test(`With AUTH=jwt a request that is addressed to ${host} is served.`, async (t) => {
    const head = [`Host: ${host}`, `Authorization: Bearer ${ann}`]
    t.is((await askRaw({ method: 'GET', path: '/order' }, head)).status, 200)
    t.is((await askRaw({ method: 'GET', path: '/readyz' }, [`Host: ${host}`])).status, 200)
  })
}

test('The sub of a token is the user, whatever X-User-Id says.', async (t) => {
  const own = await ask('GET', '/order', undefined, { headers: { 'X-User-Id': 'bob' } })
  t.deepEqual(
    own.body.items.map(({ id, userId }: { id: string; userId: string }) => [id, userId]),
    [[order, 'ann']],
  )
  const posed = { user: 'bob', headers: { 'X-User-Id': 'ann', 'X-User-Role': 'admin' } }
  t.deepEqual((await ask('GET', '/order', undefined, posed)).body.items, [])
  t.is((await ask('GET', `/order/${order}`, undefined, posed)).status, 404)
  t.is((await ask('POST', '/product', newProduct, posed)).status, 403)
})

const notAdmin: readonly unknown[] = [
  undefined,
  null,
  'admin',
  'administrator',
  [],
  ['user'],
  ['Admin'],
  ['administrator'],
  ['admin '],
  [['admin']],
  { admin: true },
  { 0: 'admin' },
  true,
]

for (const held of notAdmin) {
  test(`Whoever has the roles ${JSON.stringify(held)} does not write products.`, async (t) => {
    const headers = { Authorization: `Bearer ${await token('ann', { roles: held })}` }
    const refused = await api.ask('POST', '/product', newProduct, { user: '', headers })
    isProblem(t, refused, { code: 'forbidden', path: '/product' })
    t.is((await api.ask('GET', '/product', undefined, { user: '', headers })).status, 200)
  })
}

test("Another user's order and payment are answered with 404, as if they did not exist.", async (t) => {
  const strange = (path: string) => path.replace(/[0-9a-f]{32}$/, '0'.repeat(32))
  for (const { method, path, body } of routes) {
    const about = body && 'orderId' in body ? order : path
    if (!about.includes(order) && !about.includes(payment)) continue
    const unknown = about === order ? { orderId: strange(order) } : body
    const answer = await ask(method, path, body, { user: 'bob' })
    const absent = await ask(method, strange(path), unknown, { user: 'bob' })
    t.is(answer.status, 404, `${method} ${path}: ${answer.text}`)
    const withoutIds = (text: string) => text.replaceAll(/_[0-9a-f]{32}/g, '')
    t.is(withoutIds(answer.text), withoutIds(absent.text))
  }
  t.deepEqual(await stored(api), before)
})

test.after('A token whose roles hold admin among others writes products.', async (t) => {
  const authorization = `Bearer ${await token('root', { roles: ['user', 'admin'] })}`
  const sent = { user: '', headers: { Authorization: authorization } }
  t.is((await api.ask('POST', '/product', { ...newProduct, sku: 'ANY' }, sent)).status, 201)
})

// Node keeps the first of two Authorization headers. A proxy before it may have looked at the second.
for (const second of [bob, ann, 'garbage']) {
  test(`Two Authorization headers are refused, as two X-User-Id are: ${second.slice(-5)}.`, async (t) => {
    const head = ['Host: localhost', `Authorization: Bearer ${ann}`]
    const twice = [...head, `Authorization: Bearer ${second}`]
    isProblem(t, await askRaw({ method: 'GET', path: '/order' }, twice), {
      code: 'unauthenticated',
      path: '/order',
    })
  })
}

test.after.always(api.stop)
