import test from 'ava'
import { problemKinds } from '../src/problems.ts'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const { ask } = api
const { url } = api.service
const mug = await sell(api, 100)
const order = await place(api, mug)
const payment = (await ask('POST', '/payment', { orderId: order })).body.id

/** Every path, and the methods that it takes. */
const routes: Readonly<Record<string, readonly string[]>> = {
  '/order': ['GET', 'HEAD', 'POST'],
  [`/order/${order}`]: ['GET', 'HEAD', 'PUT'],
  [`/order/cancelorder/${order}`]: ['POST'],
  [`/order/retryorder/${order}`]: ['POST'],
  '/payment': ['POST'],
  '/retrypayment': ['POST'],
  [`/payment/${payment}`]: ['GET', 'HEAD'],
  '/product': ['GET', 'HEAD', 'POST'],
  [`/product/${mug}`]: ['GET', 'HEAD', 'PUT'],
  '/healthz': ['GET', 'HEAD'],
  '/readyz': ['GET', 'HEAD'],
  '/problems': ['GET', 'HEAD'],
  '/problems/not_found': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
  '/docs': ['GET', 'HEAD'],
}

const everyMethod = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
]

for (const [path, methods] of Object.entries(routes)) {
  const shown = path.replace(/_[0-9a-f]{32}/, '_…')
  test(`${shown} takes ${methods.join(', ')}, and answers 405 with Allow to the rest.`, async (t) => {
    for (const method of everyMethod.filter((each) => !methods.includes(each))) {
      for (const head of [['Host: localhost', 'X-User-Id: ann'], ['Host: localhost']]) {
        const answer = await sendRaw(url, { method, path, head })
        t.is(answer.status, 405)
        t.is(answer.headers.get('allow')?.split(', ').sort().join(', '), methods.join(', '))
        if (method !== 'HEAD') isProblem(t, answer, { code: 'method_not_allowed', path })
      }
    }
  })

  if (methods.includes('HEAD')) {
    test(`HEAD ${shown} answers as GET does, without a body.`, async (t) => {
      const head = await sendRaw(url, { method: 'HEAD', path })
      t.deepEqual([head.status, head.text], [200, ''])
    })
  }
}

const unknownPaths = ['/orders', '/orders/1', '/v1/order', '/order/a/b', '/order/cancelorder/a/b']
const nearMisses = [
  '//order',
  '/order/retry/a',
  '/payment/a/b',
  '/retrypayment/a',
  '/product/a/b',
  '/.env',
]
const tricks = [
  '/order%2fa',
  '/%6frder',
  '/healthz/x',
  '/problems/',
  '/__proto__',
  '/..%2forder',
  '/order;a',
]

for (const path of [...unknownPaths, ...nearMisses, ...tricks]) {
  test(`Nothing has the path ${path}: 404, signed in or not.`, async (t) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      for (const head of [['Host: localhost', 'X-User-Id: ann'], ['Host: localhost']]) {
        const answer = await sendRaw(url, { method, path, head })
        isProblem(t, answer, { code: 'not_found', path })
      }
    }
  })
}

for (const path of ['/order/', '/ORDER', '/Healthz', '/Docs', `/order/${order}/`]) {
  test(`Nothing has the path ${path.replace(order, 'ord_…')}: 404.`, async (t) => {
    t.is((await ask('GET', path)).status, 404)
  })
}

for (const [code, { status, title, remedy }] of Object.entries(problemKinds)) {
  test(`The problem ${code} has a page for people.`, async (t) => {
    const page = await ask('GET', `/problems/${code}`, undefined, { user: '' })
    t.is(page.status, 200)
    t.is(page.headers.get('content-type'), 'text/html; charset=utf-8')
    t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    for (const part of [code, String(status), title]) t.true(page.text.includes(part), part)
    t.true(page.text.includes(remedy.split(/[`&<]/)[0] ?? ''))
    t.notRegex(page.text, /<script|undefined|`/)
  })
}

for (const code of [
  'nothing',
  'NOT_FOUND',
  '__proto__',
  'constructor',
  'toString',
  '%3Cscript%3E',
]) {
  test(`The problem ${code} does not exist and has no page.`, async (t) => {
    const path = `/problems/${code}`
    isProblem(t, await ask('GET', path), { code: 'not_found', path })
  })
}

test('The answer to what was made says where it is.', async (t) => {
  const cup = await sell(api, 10)
  const created = await ask('POST', '/order', lines(cup))
  t.is(created.headers.get('location'), `/order/${created.body.id}`)
  const short = await ask('POST', '/order', lines(cup, 11))
  isProblem(t, short, { code: 'insufficient_stock', path: '/order' })
  t.is(short.headers.get('location'), `/order/${short.body.order.id}`)
  const orderId = created.body.id
  const declined = await ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  t.is(declined.headers.get('location'), `/payment/${declined.body.payment.id}`)
  const slow = await ask('POST', '/retrypayment', { orderId, paymentMethod: 'fake_slow' })
  t.deepEqual([slow.status, slow.headers.get('retry-after')], [202, '2'])
  const places = [created, short, declined, slow].map(({ headers }) => headers.get('location'))
  for (const place of places) t.is((await ask('GET', place ?? '')).status, 200)
})

test.after.always(api.stop)
