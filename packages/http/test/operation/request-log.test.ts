import { StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test from 'ava'
import { sendRaw } from '../raw-socket.ts'
import { lines, place, sell, startLoggedService } from '../support.ts'

const api = await startLoggedService()
const { ask, logged } = api
const mug = await sell(api, 100)

test('A request is one line: what was asked, by whom, about what, how it ended and how long it took.', async (t) => {
  const { headers, body } = await ask('POST', '/order', lines(mug))
  const line = await logged(headers.get('x-request-id'))
  t.like(line, { method: 'POST', route: '/order', status: 201, user: 'ann', order: body.id })
  t.like(line, { level: 30, msg: 'POST /order 201', address: '127.0.0.1' })
  t.true(line['durationMs'] > 0)
  t.regex(line['time'], /^\d{4}-.*Z$/)
})

test('A payment’s line names the payment and its order, also where it was declined.', async (t) => {
  const orderId = await place(api, mug, 2)
  const declined = { orderId, paymentMethod: 'fake_decline' }
  const { headers, body } = await ask('POST', '/payment', declined)
  const line = await logged(headers.get('x-request-id'))
  t.like(line, { status: 402, code: 'payment_declined', order: orderId, payment: body.payment.id })
  const paid = await ask('POST', '/retrypayment', { orderId })
  const next = await logged(paid.headers.get('x-request-id'))
  t.like(next, { status: 201, route: '/retrypayment', order: orderId, payment: paid.body.id })
})

test('A refusal’s line has its code, and a route its pattern, never what was in the path.', async (t) => {
  const { headers } = await ask('GET', '/order/not-an-id')
  const line = await logged(headers.get('x-request-id'))
  t.like(line, { route: '/order/{id}', status: 404, code: 'order_not_found', order: undefined })
  const nowhere = await ask('GET', '/secret-path')
  const other = await logged(nowhere.headers.get('x-request-id'))
  t.like(other, { route: undefined, status: 404, code: 'not_found', msg: 'GET no route 404' })
  t.notRegex(JSON.stringify([line, other]), /not-an-id|secret-path/)
})

test('Who is not signed in has no name in the log, whatever they called themselves.', async (t) => {
  const { headers } = await ask('GET', '/order', undefined, { user: 'cli' })
  const line = await logged(headers.get('x-request-id'))
  t.like(line, { status: 401, user: undefined, route: '/order', code: 'unauthenticated' })
})

test('Probes are only logged where somebody wants every detail.', async (t) => {
  const { headers } = await ask('GET', '/healthz')
  t.is((await logged(headers.get('x-request-id')))['level'], 20)
})

test('A client that leaves before its answer is logged with 499.', async (t) => {
  const head = ['Host: localhost', 'X-User-Id: ann', 'X-Request-Id: gone', 'Content-Length: 9']
  const type = 'Content-Type: application/json'
  const request = { method: 'POST', path: '/order', head: [...head, type], body: '{' }
  await sendRaw(api.service.url, { ...request, thenLeave: true })
  t.like(await logged('gone'), { status: 499, method: 'POST', route: '/order' })
})

test('An outage is a warning and a bug an error, each with its cause and without what it carries.', async (t) => {
  const failing = (error: Error) =>
    startLoggedService({
      store: { ...createMemoryStore(), listProducts: () => Promise.reject(error) },
    })
  const cause = Object.assign(new Error('connect to postgres://ann:hush@db/x'), { detail: 'hush' })
  const away = await failing(new StoreUnavailable('away', { cause }))
  const { headers, status } = await away.ask('GET', '/product')
  const line = await away.logged(headers.get('x-request-id'))
  t.deepEqual([status, line['level'], line['code']], [503, 40, 'store_unavailable'])
  t.like(line['err'], { type: 'StoreUnavailable', message: 'away' })
  t.is(line['err'].cause.message, 'connect to [database url]')
  t.notRegex(JSON.stringify(line), /hush/)

  const broken = await failing(new TypeError('x is not a function'))
  const answer = await broken.ask('GET', '/product')
  t.like(await broken.logged(answer.headers.get('x-request-id')), { status: 500, level: 50 })
  for (const { stop } of [away, broken]) await stop()
})

test('A proxy that nobody told the service about is pointed out, once.', async (t) => {
  const proxied = await startLoggedService()
  t.teardown(proxied.stop)
  const from = { headers: { 'X-Forwarded-For': '203.0.113.7' } }
  for (let times = 0; times < 3; times += 1) await proxied.ask('GET', '/healthz', undefined, from)
  const warnings = proxied.lines().filter(({ level }) => level === 40)
  t.deepEqual(
    warnings.map(({ msg }) => /TRUST_PROXY is 0/.test(msg)),
    [true],
  )
})

test.after.always(api.stop)
