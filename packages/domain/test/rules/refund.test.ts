import test from 'ava'
import { confirmRefund, postponeRefund, type Refund } from '../../src/rules/refund.ts'
import { NOON } from '../../src/testing/examples.ts'

const owed: Refund = {
  paymentId: 'pay_1',
  state: 'OWED',
  amount: { amountMinor: 1299, currency: 'EUR' },
  attempts: 0,
  nextAttemptAt: NOON,
  createdAt: NOON,
  updatedAt: NOON,
}

test('a refund that is refused is tried again after a gap that doubles, up to an hour, for ever', (t) => {
  const gaps: number[] = []
  let refund = owed
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    const now = refund.nextAttemptAt
    refund = postponeRefund(refund, now)
    gaps.push((refund.nextAttemptAt - now) / 1000)
  }
  t.deepEqual(gaps.slice(0, 4), [1, 2, 4, 8])
  t.is(gaps.at(-1), 3600)
  t.like(refund, { state: 'OWED', attempts: 2000, createdAt: NOON })
})

test('a refund that the gateway confirms is owed no more', (t) => {
  const confirmed = confirmRefund(owed, NOON + 5)
  t.deepEqual(confirmed, { ...owed, state: 'CONFIRMED', updatedAt: NOON + 5 })
})
