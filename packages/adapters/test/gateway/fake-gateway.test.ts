import type { PaymentGateway } from '@holdfast/domain'
import { paymentGatewayContract } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import { answerWithin } from '../../src/gateway/answer-within.ts'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { temporaryFolder } from '../support.ts'

const delays = { slowMs: 3_000, lateMs: 240_000 }
const amount = { amountMinor: 1299, currency: 'EUR' }

/** A fake gateway whose time the test moves, and whose silence is noticed at once. */
const opened = (t: ExecutionContext, filename = ':memory:') => {
  const time = { now: 1_000_000 }
  const ledger = openFakeLedger(filename)
  t.teardown(() => ledger.close())
  const clock = { now: () => time.now }
  const fake = createFakeGateway({ ledger, clock, delays })
  const gateway = answerWithin(fake, 5000, () => new Promise((done) => setImmediate(done)))
  return { gateway, time }
}

const charge = (gateway: PaymentGateway, idempotencyKey: string, paymentMethod: string) =>
  gateway.charge({ idempotencyKey, amount, paymentMethod })

for (const { name, check } of paymentGatewayContract) {
  test(`the fake gateway ${name}`, async (t) => {
    const { gateway } = opened(t)
    await check({
      gateway,
      approved: 'fake_approve',
      declined: 'fake_decline',
      undecided: 'fake_slow',
    })
    t.pass()
  })
}

test('each scripted method answers and captures as it says', async (t) => {
  const { gateway, time } = opened(t)
  // Method, what the charge hears, what the books say at once, and what they say an hour later.
  const expected = [
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
  const booked = async (key: string) => (await gateway.lookup(key))._unsafeUnwrap()?.state

  for (const [method, heard, atOnce] of expected) {
    const answer = await charge(gateway, `pay_${method}`, method)
    const state = answer.match(
      (outcome) => outcome.state,
      ({ code }) => code,
    )
    t.is(state, heard, method)
    t.is(await booked(`pay_${method}`), atOnce, method)
  }
  time.now += 3_600_000
  for (const [method, , , later] of expected) t.is(await booked(`pay_${method}`), later, method)
})

test('a late capture is prevented by a void, unless the script ignores it', async (t) => {
  const { gateway, time } = opened(t)
  await charge(gateway, 'pay_1', 'fake_late_capture')
  await charge(gateway, 'pay_2', 'fake_refund_refused')
  for (const key of ['pay_1', 'pay_2']) {
    t.deepEqual((await gateway.void(key))._unsafeUnwrap(), { state: 'voided' })
  }
  time.now += delays.lateMs
  t.is((await gateway.lookup('pay_1'))._unsafeUnwrap()?.state, 'voided')
  t.is((await gateway.lookup('pay_2'))._unsafeUnwrap()?.state, 'captured')
})

test('refuses the first three refunds where the script says so', async (t) => {
  const { gateway, time } = opened(t)
  await charge(gateway, 'pay_1', 'fake_refund_refused')
  time.now += delays.lateMs
  const refund = async () => (await gateway.refund({ idempotencyKey: 'pay_1', amount })).isOk()
  t.deepEqual(
    [await refund(), await refund(), await refund(), await refund(), await refund()],
    [false, false, false, true, true],
  )
})

test('the ledger remembers a charge after the process that made it is gone', async (t) => {
  const filename = `${temporaryFolder(t)}/ledger.db`
  await charge(opened(t, filename).gateway, 'pay_1', 'fake_ack_lost')
  const again = opened(t, filename)
  t.is((await again.gateway.lookup('pay_1'))._unsafeUnwrap()?.state, 'captured')
})
