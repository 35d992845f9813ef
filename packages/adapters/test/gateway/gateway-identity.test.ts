import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import Database from 'better-sqlite3'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import { createHttpGateway } from '../../src/gateway/http-gateway.ts'
import { readLedger } from '../../src/gateway/read-ledger.ts'
import { temporaryFolder } from '../support.ts'
import { amount, gatewayAt, heard, questions, runGateway, secret, standIn } from './support.ts'

const authorization = `Bearer ${secret}`
const json = { authorization, 'content-type': 'application/json' }
const wanted = { idempotencyKey: 'pay_1', amount, paymentMethod: 'fake_approve' }

/** What the server answers with, and who it says it is. */
const asked = async (url: string, path: string, init: RequestInit) => {
  const response = await fetch(url + path, init)
  await response.arrayBuffer()
  return [response.status, response.headers.get('gateway-id')] as const
}

const idOf = (filename: string): string => {
  const ledger = openFakeLedger(filename)
  ledger.close()
  return ledger.gatewayId
}

test('every answer of the gateway server says who it is, whatever it is', async (t) => {
  const { url, gatewayId } = await runGateway(t)
  const post = (body: string, headers: Record<string, string> = json) => ({
    ...{ method: 'POST', headers, body },
  })
  const garbage = JSON.stringify({ ...wanted, paymentMethod: 'fake_garbage' })
  const away = JSON.stringify({ ...wanted, paymentMethod: 'fake_unavailable' })
  const answers: readonly (readonly [status: number, path: string, init: RequestInit])[] = [
    [200, '/healthz', {}],
    [200, '/identity', { headers: json }],
    [200, '/charge', post(JSON.stringify(wanted))],
    [200, '/charge', post(garbage.replace('pay_1', 'pay_2'))],
    [503, '/charge', post(away.replace('pay_1', 'pay_3'))],
    [401, '/charge', post(JSON.stringify(wanted), { 'content-type': 'application/json' })],
    [401, '/identity', {}],
    [404, '/charge/pay_9', { headers: json }],
    [404, '/nowhere', { headers: json }],
    [405, '/charge', { headers: json }],
    [400, '/charge', post('{}')],
    [400, '/charge', post('{')],
    [409, '/charge/pay_9/refund', post(JSON.stringify({ amount }))],
    [413, '/charge', post('x'.repeat(70_000))],
    [415, '/charge', post('{}', { authorization })],
    [421, '/charge/pay_1', { headers: { ...json, 'gateway-id': 'gw_another' } }],
  ]
  for (const [status, path, init] of answers) {
    t.deepEqual(await asked(url, path, init), [status, gatewayId], `${status} ${path}`)
  }
})

test('a gateway that is out of order by chance says who it is as well', async (t) => {
  const faults = { ...NO_FAULTS, errors: 1 }
  const { url, gatewayId } = await runGateway(t, { faults })
  t.deepEqual(await asked(url, '/charge/pay_1', { headers: json }), [503, gatewayId])
})

test('the gateway server does nothing of what is meant for another: 421', async (t) => {
  const { url } = await runGateway(t)
  const misdirected = { ...json, 'gateway-id': 'gw_another' }
  const init = { method: 'POST', headers: misdirected, body: JSON.stringify(wanted) }
  t.is((await asked(url, '/charge', init))[0], 421)
  const burn = { method: 'POST', headers: misdirected }
  t.is((await asked(url, '/charge/pay_1/void', burn))[0], 421)
  t.is(await heard(gatewayAt(url).gateway.lookup('pay_1')), undefined)
})

test('an answer that does not say who gave it is no answer', async (t) => {
  const answer = { idempotencyKey: 'pay_1', amount, state: 'captured' }
  const server = await standIn(t, (_, response) => {
    response.removeHeader('gateway-id')
    response.writeHead(200, json).end(JSON.stringify(answer))
  })
  for (const ask of Object.values(questions)) {
    t.is(await heard(ask(gatewayAt(server.url).gateway)), 'outcome_unknown')
  }
})

test('who answers is heard also where the answer cannot be used, and where another gateway is meant', async (t) => {
  const { url, gatewayId } = await runGateway(t)
  const gateway = createHttpGateway({ url, secret, timeoutMs: 5000 })
  const misdirected = await gateway.lookup('pay_1', 'gw_another')
  t.like(misdirected._unsafeUnwrapErr(), { code: 'outcome_unknown', gatewayId })
  const garbage = await gateway.charge({ ...wanted, paymentMethod: 'fake_garbage' }, gatewayId)
  t.like(garbage._unsafeUnwrapErr(), { code: 'outcome_unknown', gatewayId })
  const stranger = createHttpGateway({ url, secret: undefined, timeoutMs: 5000 })
  t.like((await stranger.identify())._unsafeUnwrapErr(), { code: 'outcome_unknown', gatewayId })
})

test('a ledger is of one gateway for as long as there is one; another ledger is of another', (t) => {
  const filename = join(temporaryFolder(t), 'ledger.db')
  const id = idOf(filename)
  t.regex(id, /^gw_[0-9a-f]{32}$/)
  t.is(idOf(filename), id)
  t.not(idOf(join(temporaryFolder(t), 'ledger.db')), id)
})

test('a ledger from before gateways had names gets one, and keeps it', (t) => {
  const filename = join(temporaryFolder(t), 'ledger.db')
  openFakeLedger(filename).close()
  const older = new Database(filename)
  older.exec('drop table identity; pragma user_version = 1')
  older.close()
  const id = idOf(filename)
  t.regex(id, /^gw_[0-9a-f]{32}$/)
  t.is(idOf(filename), id)
})

test('the ledger of another gateway than the one that is meant is not read, over HTTP and from its file', async (t) => {
  const { url, ledgerFile, gatewayId } = await runGateway(t)
  const place = { gatewaySecret: secret, gatewayTimeoutMs: 5000, fakeLedgerFile: ledgerFile }
  const read = async (gatewayUrl: string | undefined, meant: string) => {
    const entries: unknown[] = []
    for await (const entry of readLedger({ ...place, gatewayUrl }, Date.now(), meant)) {
      entries.push(entry)
    }
    return entries
  }
  for (const gatewayUrl of [url, undefined]) {
    t.deepEqual(await read(gatewayUrl, gatewayId), [])
    await refusesOther(t, read(gatewayUrl, 'gw_another'), gatewayId)
  }
})

const refusesOther = (t: ExecutionContext, read: Promise<unknown>, gatewayId: string) =>
  t.throwsAsync(read, { name: 'WrongGateway', message: new RegExp(`gw_another.*${gatewayId}`) })
