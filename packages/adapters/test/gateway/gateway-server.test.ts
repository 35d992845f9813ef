import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { DEFAULT_FAKE_DELAYS } from '../../src/gateway/fake-core.ts'
import { NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import { type GatewayServerOptions, startGatewayServer } from '../../src/gateway/gateway-server.ts'
import { temporaryFolder } from '../support.ts'
import { amount, charge, gatewayAt, heard, runGateway, secret } from './support.ts'

const wanted = { idempotencyKey: 'pay_1', amount, paymentMethod: 'fake_approve' }
const json = { 'content-type': 'application/json' }
const authorization = { authorization: `Bearer ${secret}` }

/** Sends a request as it is; its status and its body. */
const ask = async (url: string, path: string, init: RequestInit = {}) => {
  const response = await fetch(url + path, { headers: authorization, ...init })
  const text = await response.text()
  const type = response.headers.get('content-type')
  return { status: response.status, body: type === json['content-type'] ? JSON.parse(text) : text }
}

const post = (url: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(url, path, {
    method: 'POST',
    headers: { ...json, ...authorization, ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  })

test('only who has the secret is answered, except about health', async (t) => {
  const { url } = await runGateway(t)
  const requests = [
    ['POST', '/charge'],
    ['GET', '/charge/pay_1'],
    ['POST', '/charge/pay_1/void'],
    ['POST', '/charge/pay_1/refund'],
    ['GET', '/ledger'],
    ['GET', '/nowhere'],
    ['GET', '/healthz/'],
  ] as const
  const wrong = ['', 'Bearer', `Bearer ${secret}x`, `Bearer ${secret.slice(1)}`, `Basic ${secret}`]
  for (const [method, path] of requests) {
    for (const header of [...wrong, secret, `Bearer ${secret} ${secret}`]) {
      const refused = await ask(url, path, { method, headers: { authorization: header } })
      t.is(refused.status, 401, `${method} ${path} ${header}`)
      t.false(JSON.stringify(refused.body).includes(secret))
    }
  }
  t.deepEqual(await ask(url, '/healthz', { headers: {} }), { status: 200, body: { status: 'ok' } })
  t.deepEqual((await ask(url, '/ledger')).body, { entries: [], nextCursor: null })
})

test('beyond loopback addresses, and to notify, the gateway needs a secret; else it does not start', async (t) => {
  const ledgerFile = join(temporaryFolder(t), 'ledger.db')
  const safe: GatewayServerOptions = {
    ...{ host: '127.0.0.1', port: 0, ledgerFile, secret: undefined, notifyUrl: undefined },
    ...{ delays: DEFAULT_FAKE_DELAYS, faults: NO_FAULTS, graceMs: 0 },
  }
  const hosts = ['0.0.0.0', '::', '192.168.1.7', 'gateway.example', '']
  for (const unsafe of [...hosts.map((host) => ({ host })), { notifyUrl: 'http://127.0.0.1:1/' }]) {
    const refused = (await startGatewayServer({ ...safe, ...unsafe }))._unsafeUnwrapErr()
    t.is(refused.variable, 'GATEWAY_SECRET', JSON.stringify(unsafe))
  }
  t.false(existsSync(ledgerFile))
  const { url } = await runGateway(t, { secret: undefined })
  t.is((await ask(url, '/ledger', { headers: {} })).status, 200)
  const open = await runGateway(t, { host: '0.0.0.0' })
  t.is((await ask(open.url, '/ledger', { headers: {} })).status, 401)
})

test('what is not the protocol is refused, and nothing is done', async (t) => {
  const { url } = await runGateway(t)
  const bad: readonly unknown[] = [
    ...['', '{', 'null', '[]', '"x"', Buffer.from([0xff])],
    ...[{}, { ...wanted, extra: 1 }, { ...wanted, paymentMethod: '' }, { ...wanted, amount: 12 }],
    ...['', 'a b', 'é', 'x'.repeat(256), 1, null].map((idempotencyKey) => ({
      ...wanted,
      idempotencyKey,
    })),
    ...[-1, 1.5, '12', 2 ** 53, null].map((amountMinor) => ({
      ...wanted,
      amount: { amountMinor, currency: 'EUR' },
    })),
    ...['eur', 'EURO', 978].map((currency) => ({
      ...wanted,
      amount: { amountMinor: 1, currency },
    })),
  ]
  for (const body of bad) {
    t.is((await post(url, '/charge', body)).status, 400, JSON.stringify(body))
  }
  t.is((await post(url, '/charge/pay_1/refund', {})).status, 400)
  t.is((await ask(url, '/charge/%ff')).status, 400)
  t.is((await post(url, '/charge', wanted, { 'content-type': 'text/plain' })).status, 415)
  t.is((await post(url, '/charge', `${JSON.stringify(wanted)}${' '.repeat(65_536)}`)).status, 413)
  t.is((await ask(url, '/charge')).status, 405)
  t.is((await post(url, '/charge/pay_1', wanted)).status, 405)
  t.is((await post(url, '/charges', wanted)).status, 404)
  t.is((await ask(url, '/charge/pay_1/')).status, 404)
  t.deepEqual((await ask(url, '/ledger')).body.entries, [])
})

test('keys are any visible characters, encoded in paths', async (t) => {
  const { gateway } = gatewayAt((await runGateway(t)).url)
  for (const key of ['pay/1?x#y', '%2e', '"pay"', '...', '\\']) {
    t.is(await heard(charge(gateway, key)), 'captured')
    t.is(await heard(gateway.lookup(key)), 'captured')
    t.is(await heard(gateway.refund({ idempotencyKey: key, amount })), 'refunded')
    t.is(await heard(gateway.void(`${key}2`)), 'voided')
  }
})

/** Charges, and looks the key up, on a gateway on which one thing always goes wrong. */
const faulty = async (t: Parameters<typeof runGateway>[0], faults: object) => {
  const server = await runGateway(t, { faults: { ...NO_FAULTS, ...faults } })
  return { ...server, ...gatewayAt(server.url) }
}

test('with lost answers the charge is done, and never answered', async (t) => {
  const { url, gateway, patience } = await faulty(t, { lostAnswers: 1 })
  const answer = charge(gateway, 'pay_1')
  const state = async () => (await ask(url, '/ledger')).body.entries[0]?.state
  while ((await state()) !== 'captured') t.pass()
  patience.end()
  t.is(await heard(answer), 'outcome_unknown')
})

test('with errors the charge is not done', async (t) => {
  const { url, gateway } = await faulty(t, { errors: 1 })
  t.is(await heard(charge(gateway, 'pay_1')), 'outcome_unknown')
  t.is((await post(url, '/charge', wanted)).status, 503)
  t.deepEqual((await ask(url, '/ledger')).body.entries, [])
})

test('with nonsense the charge is done, and nobody can read that', async (t) => {
  const { url, gateway } = await faulty(t, { nonsense: 1 })
  t.is(await heard(charge(gateway, 'pay_1')), 'outcome_unknown')
  t.is((await ask(url, '/ledger')).body.entries[0].state, 'captured')
})

test('with slow answers everything is answered, later', async (t) => {
  const { gateway } = await faulty(t, { slowAnswers: 1, slowAnswerMs: 20 })
  const began = performance.now()
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  t.true(performance.now() - began >= 19)
})

test('with forgotten keys a lookup does not find what a void does', async (t) => {
  const { gateway } = await faulty(t, { forgottenKeys: 1 })
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  t.is(await heard(gateway.lookup('pay_1')), undefined)
  t.is(await heard(gateway.void('pay_1')), 'captured')
})

test('faults come as often as their share says', async (t) => {
  const numbers = [0.3, 0.9, 0.9, 0.9, 0.29, 0.31, 0.9, 0.9, 0.9]
  const faults = { ...NO_FAULTS, errors: 0.3 }
  const { url } = await runGateway(t, { faults, random: () => numbers.shift() ?? 1 })
  const statuses = []
  for (let time = 0; time < 3; time += 1) statuses.push((await post(url, '/charge', wanted)).status)
  t.deepEqual(statuses, [200, 503, 200])
})
