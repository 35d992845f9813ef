import test, { type ExecutionContext } from 'ava'
import Database from 'better-sqlite3'
import { answerWithin } from '../../src/gateway/answer-within.ts'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { temporaryFolder } from '../support.ts'
import {
  type AskedGateway,
  amount,
  asked,
  charge,
  delays,
  gatewayAt,
  heard,
  runGateway,
} from './support.ts'

/** A fake gateway whose time the test moves. `giveUp` ends the wait for answers that do not come. */
type Fake = Readonly<{ gateway: AskedGateway; time: { now: number }; giveUp: () => void }>

const inProcess = (t: ExecutionContext, filename = ':memory:'): Fake => {
  const time = { now: 1_000_000 }
  const ledger = openFakeLedger(filename)
  t.teardown(() => ledger.close())
  const fake = createFakeGateway({ ledger, clock: { now: () => time.now }, delays })
  const gateway = answerWithin(fake, 5000, () => new Promise((done) => setImmediate(done)))
  return { gateway: asked(gateway, ledger.gatewayId), time, giveUp: () => undefined }
}

const overHttp = async (t: ExecutionContext): Promise<Fake> => {
  const time = { now: 1_000_000 }
  const { url } = await runGateway(t, { clock: { now: () => time.now } })
  const { gateway, patience } = gatewayAt(url)
  return { gateway, time, giveUp: patience.end }
}

const fakes = { 'in the process': inProcess, 'over HTTP': overHttp }

// Method, what the charge hears, what the books say at once, and what they say an hour later.
const scripts = [
  ['fake_approve', 'captured', 'captured', 'captured'],
  ['fake_decline', 'declined', 'declined', 'declined'],
  ['fake_insufficient_funds', 'declined', 'declined', 'declined'],
  ['fake_slow', 'pending', 'pending', 'captured'],
  ['fake_ack_lost', 'outcome_unknown', 'captured', 'captured'],
  ['fake_timeout', 'outcome_unknown', undefined, undefined],
  ['fake_unavailable', 'outcome_unknown', undefined, undefined],
  ['fake_late_capture', 'outcome_unknown', 'pending', 'captured'],
  ['fake_garbage', 'outcome_unknown', undefined, undefined],
  ['fake_refund_refused', 'outcome_unknown', 'pending', 'captured'],
  ['visa_4242', 'declined', 'declined', 'declined'],
] as const

for (const [where, open] of Object.entries(fakes)) {
  for (const [method, hears, atOnce, later] of scripts) {
    test(`${where}, ${method} is heard as ${hears}, and is ${later ?? 'unknown'} in the end`, async (t) => {
      const { gateway, time, giveUp } = await open(t)
      const answer = heard(charge(gateway, 'pay_1', method))
      while ((await heard(gateway.lookup('pay_1'))) !== atOnce) t.pass() // The charge is on its way.
      giveUp()
      t.is(await answer, hears)
      t.is(await heard(gateway.lookup('pay_1')), atOnce)
      time.now += 3_600_000
      t.is(await heard(gateway.lookup('pay_1')), later)
    })
  }

  test(`${where}, a late capture is prevented by a void, unless the script ignores it`, async (t) => {
    const { gateway, time, giveUp } = await open(t)
    for (const [key, method] of [
      ['pay_1', 'fake_late_capture'],
      ['pay_2', 'fake_refund_refused'],
    ] as const) {
      const answer = heard(charge(gateway, key, method))
      while ((await heard(gateway.lookup(key))) !== 'pending') t.pass()
      giveUp()
      t.is(await answer, 'outcome_unknown')
      t.is(await heard(gateway.void(key)), 'voided')
    }
    time.now += delays.lateMs
    t.is(await heard(gateway.lookup('pay_1')), 'voided')
    t.is(await heard(gateway.lookup('pay_2')), 'captured')

    const refund = () => heard(gateway.refund({ idempotencyKey: 'pay_2', amount }))
    for (const time of ['first', 'second', 'third']) t.is(await refund(), 'outcome_unknown', time)
    t.is(await refund(), 'refunded')
    t.is(await refund(), 'refunded')
    t.true(gateway.isAvailable(), 'a refusal is an answer')
  })
}

test('a decline says why in the gateway’s word, over HTTP as well', async (t) => {
  for (const open of [inProcess, overHttp]) {
    const { gateway } = await open(t)
    const answer = await charge(gateway, 'pay_1', 'fake_insufficient_funds')
    t.like(answer._unsafeUnwrap(), { state: 'declined', code: 'insufficient_funds' })
    // Names that every object has are no methods either.
    for (const method of ['visa_4242', 'constructor', '__proto__']) {
      const other = await charge(gateway, `pay_${method}`, method)
      t.like(other._unsafeUnwrap(), { state: 'declined', code: 'unsupported_payment_method' })
    }
  }
})

test('the ledger remembers a charge after the process that made it is gone', async (t) => {
  const filename = `${temporaryFolder(t)}/ledger.db`
  await charge(inProcess(t, filename).gateway, 'pay_1', 'fake_ack_lost')
  t.is(await heard(inProcess(t, filename).gateway.lookup('pay_1')), 'captured')
})

test('while the ledger is locked nothing is known, and once it is free the charge is made', async (t) => {
  const filename = `${temporaryFolder(t)}/ledger.db`
  const ledger = openFakeLedger(filename, undefined, 10)
  const other = new Database(filename)
  t.teardown(() => {
    ledger.close()
    other.close()
  })
  const fake = createFakeGateway({ ledger, clock: { now: () => 1_000_000 }, delays })
  const gateway = asked(fake, ledger.gatewayId)
  const ask = async () => [
    await heard(charge(gateway, 'pay_1')),
    await heard(gateway.lookup('pay_1')),
    await heard(gateway.void('pay_1')),
    await heard(gateway.refund({ idempotencyKey: 'pay_1', amount })),
  ]
  other.exec('begin immediate')
  t.deepEqual([...new Set(await ask())], ['outcome_unknown'])
  other.exec('rollback')
  t.deepEqual(await ask(), ['captured', 'captured', 'captured', 'refunded'])
})
