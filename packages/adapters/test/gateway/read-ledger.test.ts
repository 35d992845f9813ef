import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { GatewayUnavailable } from '../../src/gateway/gateway-unavailable.ts'
import type { LedgerEntry } from '../../src/gateway/ledger-rows.ts'
import { type LedgerPlace, readLedger } from '../../src/gateway/read-ledger.ts'
import { UnusableFile } from '../../src/unusable-file.ts'
import { temporaryFolder } from '../support.ts'
import {
  amount,
  capturedCharge,
  charge,
  delays,
  gatewayAt,
  heard,
  runGateway,
  secret,
  standIn,
} from './support.ts'

const NOW = 1_700_000_000_000

const placeOf = (place: Partial<LedgerPlace>): LedgerPlace => ({
  ...{ gatewayUrl: undefined, gatewaySecret: secret, gatewayTimeoutMs: 5000 },
  ...{ fakeLedgerFile: '/nowhere/ledger.db', ...place },
})

const read = async (place: LedgerPlace, now = NOW): Promise<readonly LedgerEntry[]> => {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(place, now)) entries.push(entry)
  return entries
}

test('the file and the gateway testify the same: what happened, how often, and what is to come', async (t) => {
  const time = { now: NOW }
  const { url, ledgerFile } = await runGateway(t, { clock: { now: () => time.now } })
  const { gateway, patience } = gatewayAt(url)
  await charge(gateway, 'pay_1')
  await charge(gateway, 'pay_2')
  await gateway.refund({ idempotencyKey: 'pay_2', amount })
  await charge(gateway, 'pay_3', 'fake_decline')
  await gateway.void('pay_4')
  await charge(gateway, 'pay_5', 'fake_slow')
  const late = charge(gateway, 'pay_6', 'fake_refund_refused')
  while ((await heard(gateway.lookup('pay_6'))) !== 'pending') t.pass()
  patience.end()
  await late
  await gateway.void('pay_6')
  time.now += delays.slowMs

  const none = { captures: 0, refunds: 0, capturesAt: null, at: NOW }
  const expected = [
    { ...none, idempotencyKey: 'pay_1', state: 'captured', amount, captures: 1 },
    { ...none, idempotencyKey: 'pay_2', state: 'captured', amount, captures: 1, refunds: 1 },
    { ...none, idempotencyKey: 'pay_3', state: 'declined', amount },
    { ...none, idempotencyKey: 'pay_4', state: 'voided', amount: null },
    { ...none, idempotencyKey: 'pay_5', state: 'captured', amount, captures: 1, at: time.now },
    { ...none, idempotencyKey: 'pay_6', state: 'voided', amount, capturesAt: NOW + delays.lateMs },
  ]
  t.deepEqual(await read(placeOf({ fakeLedgerFile: ledgerFile }), time.now), expected)
  t.deepEqual(await read(placeOf({ gatewayUrl: url })), expected)
})

test('a ledger of any length is read to its end', async (t) => {
  const ledgerFile = join(temporaryFolder(t), 'ledger.db')
  const ledger = openFakeLedger(ledgerFile)
  const keys = Array.from({ length: 1250 }, (_, index) => `pay_${String(index).padStart(250, '0')}`)
  ledger.atomically(() => {
    for (const key of keys) ledger.book(capturedCharge(key, NOW), 'captured', NOW)
  })
  ledger.close()
  const { url } = await runGateway(t, { ledgerFile })
  for (const place of [placeOf({ fakeLedgerFile: ledgerFile }), placeOf({ gatewayUrl: url })]) {
    const found = (await read(place)).map(({ idempotencyKey }) => idempotencyKey)
    t.deepEqual(found, keys)
  }
})

test('a ledger that is not there is not an empty one, and looking for it does not make it', async (t) => {
  const fakeLedgerFile = join(temporaryFolder(t), 'ledger.db')
  await t.throwsAsync(read(placeOf({ fakeLedgerFile })), {
    instanceOf: UnusableFile,
    message: /^FAKE_LEDGER: there is no ledger at /,
  })
  t.false(existsSync(fakeLedgerFile))
})

test('a gateway that does not show its ledger is an outage, not an empty ledger', async (t) => {
  const { url } = await runGateway(t)
  const nonsense = await standIn(t, (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"entries":[{}]}'),
  )
  const silent = await standIn(t, () => undefined)
  const places = [
    placeOf({ gatewayUrl: url, gatewaySecret: `${secret}x` }),
    placeOf({ gatewayUrl: nonsense.url }),
    placeOf({ gatewayUrl: silent.url, gatewayTimeoutMs: 50 }),
  ]
  for (const place of places) await t.throwsAsync(read(place), { instanceOf: GatewayUnavailable })
})
