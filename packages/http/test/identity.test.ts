import test from 'ava'
import { askRoute, everyRoute, newProduct, type Route } from './every-route.ts'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
const order = await place(api, mug)
const payment = (await api.ask('POST', '/payment', { orderId: order })).body.id
const before = await stored(api)
const { url } = api.service

const routes = everyRoute(mug, order, payment)

const ask = (route: Route, identity: readonly string[]) =>
  askRoute(url, route, ['Host: localhost', ...identity])

const nobody: Readonly<Record<string, readonly string[]>> = {
  'no X-User-Id': [],
  'no X-User-Id but a role': ['X-User-Role: admin'],
  'a bearer token instead': ['Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.'],
  'a password instead': ['Authorization: Basic YW5uOmFubg=='],
  'a cookie instead': ['Cookie: X-User-Id=ann'],
  'an empty X-User-Id': ['X-User-Id:'],
  'a space for X-User-Id': ['X-User-Id:  '],
  'a space in X-User-Id': ['X-User-Id: ann bob'],
  'an X-User-Id of 129 characters': [`X-User-Id: ${'a'.repeat(129)}`],
  'the name cli': ['X-User-Id: cli'],
  'the name system': ['X-User-Id: system'],
  'X-User-Id twice': ['X-User-Id: ann', 'X-User-Id: bob'],
  'the same X-User-Id twice': ['X-User-Id: ann', 'x-user-id: ann'],
  'a list for X-User-Id': ['X-User-Id: ann,bob'],
  'an X-User-Id that is not ASCII': ['X-User-Id: \xe4nn'],
  'SQL for X-User-Id': ["X-User-Id: ann' OR '1'='1"],
  'a wildcard for X-User-Id': ['X-User-Id: %'],
  'a path for X-User-Id': ['X-User-Id: ../ann'],
  'a quoted X-User-Id': ['X-User-Id: "ann"'],
  'an underscore in the name of the header': ['X_User_Id: ann'],
}

for (const [what, identity] of Object.entries(nobody)) {
  test(`Every route that needs a sign-in answers 401 to ${what}.`, async (t) => {
    for (const route of routes) {
      const answer = await ask(route, identity)
      isProblem(t, answer, { code: 'unauthenticated', path: route.path })
      t.is(answer.headers.get('www-authenticate'), 'X-User-Id')
    }
    t.deepEqual(await stored(api), before)
  })
}

const somebody = ['a', 'a'.repeat(128), 'Ann.Lee@example.com', 'a:b+c-d_e', '__proto__', 'CLI']

for (const name of somebody) {
  test(`${name.slice(0, 20)} is a name like any other, and has no orders yet.`, async (t) => {
    const answer = await api.ask('GET', '/order', undefined, { user: name })
    t.deepEqual([answer.status, answer.body], [200, { items: [], nextCursor: null }])
  })
}

const notAdmin: Readonly<Record<string, readonly string[]>> = {
  'no role': [],
  'the role user': ['X-User-Role: user'],
  'an empty role': ['X-User-Role:'],
  'a list of roles': ['X-User-Role: user, admin'],
  'the role admin twice': ['X-User-Role: admin', 'X-User-Role: admin'],
  'the role administrator': ['X-User-Role: administrator'],
  'the name admin': ['X-User-Id: admin'],
}

const productWrites = [
  { method: 'POST', path: '/product' },
  { method: 'PUT', path: `/product/${mug}` },
  { method: 'PUT', path: `/product/prod_${'0'.repeat(32)}` },
]

for (const [what, role] of Object.entries(notAdmin)) {
  test(`Writing products with ${what} is refused with 403, whatever the body is.`, async (t) => {
    const name = role.some((line) => line.startsWith('X-User-Id')) ? [] : ['X-User-Id: ann']
    for (const { method, path } of productWrites) {
      for (const body of [JSON.stringify(newProduct), '{"quantity":5}', '{', '']) {
        const sized = ['Content-Type: application/json', `Content-Length: ${body.length}`]
        const head = ['Host: localhost', ...name, ...role, ...sized]
        const answer = await sendRaw(url, { method, path, head, body })
        isProblem(t, answer, { code: 'forbidden', path })
      }
    }
    t.deepEqual(await stored(api), before)
  })
}

const foreignHosts = [
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:3000',
  'evil-localhost',
  'localhost@evil.example',
  'localhost, evil.example',
  'localhost:80:80',
  '0.0.0.0',
  '[::]:3000',
  '[::2]',
  '192.168.0.1',
  '128.0.0.1',
  '2130706433',
  '127.1.evil',
  '%6c%6f%63%61%6c%68%6f%73%74',
]
const open = [
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/readyz' },
] as const
const pages = { method: 'GET', path: '/problems/forbidden' }
const nowhere = { method: 'GET', path: '/nowhere' }

for (const host of foreignHosts) {
  test(`Every route refuses a request that is addressed to "${host}".`, async (t) => {
    for (const { method, path } of [...routes, ...open, pages, nowhere]) {
      const identity = ['X-User-Id: ann', 'X-User-Role: admin', 'X-Forwarded-Host: localhost']
      const answer = await sendRaw(url, { method, path, head: [`Host: ${host}`, ...identity] })
      isProblem(t, answer, { code: 'host_not_allowed', path })
    }
    t.deepEqual(await stored(api), before)
  })
}

for (const host of ['localhost', 'LocalHost:3000', '127.0.0.1', '127.0.0.1:1', '[::1]:3000']) {
  test(`A request that is addressed to ${host} is served.`, async (t) => {
    const head = [`Host: ${host}`, 'X-User-Id: ann', 'X-Forwarded-Host: evil.example']
    t.is((await sendRaw(url, { path: '/order', head })).status, 200)
  })
}

for (const { method, path } of [...open, pages]) {
  test(`${method} ${path} needs no sign-in.`, async (t) => {
    for (const user of ['', 'cli', 'ann']) {
      const answer = await api.ask(method, path, undefined, { user })
      t.is(answer.status, 200)
    }
  })
}

for (const { method, path } of [
  ...open,
  pages,
  nowhere,
  ...routes.filter((r) => r.method === 'GET'),
]) {
  test(`No cache may keep the answer to ${method} ${path.split('_')[0]}.`, async (t) => {
    const { headers } = await api.ask(method, path)
    t.is(headers.get('cache-control'), 'no-store')
    t.is(headers.get('x-content-type-options'), 'nosniff')
  })
}

test.after('No cache may keep the answer to a write that is accepted.', async (t) => {
  const identity = ['X-User-Id: ann', 'X-User-Role: admin']
  for (const route of routes.filter(({ method }) => method !== 'GET')) {
    const answer = await ask(route, identity)
    t.true(answer.status < 300 || answer.status === 409, answer.text)
    t.is(answer.headers.get('cache-control'), 'no-store')
  }
})

test.after.always(api.stop)
