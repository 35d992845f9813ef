import test from 'ava'
import {
  foreignGateway,
  isBelieved,
  isProof,
  paymentToProve,
  refuseUnproven,
} from '../../src/rules/gateway-binding.ts'
import { anOrder, paying } from '../../src/testing/examples.ts'

const aPayment = (id: string, state: 'PENDING' | 'SUCCEEDED' | 'FAILED') => {
  const [payment] = paying(anOrder('ord_1'), id).payments
  if (!payment) throw new Error('There is no payment.')
  return { ...payment, state }
}

test('a database believes the gateway that it is bound to, and nobody while it is bound to none', (t) => {
  t.true(isBelieved('gw_1', 'gw_1'))
  t.false(isBelieved('gw_1', 'gw_2'))
  t.false(isBelieved('gw_1', undefined))
  t.false(isBelieved(undefined, 'gw_1'))
  t.false(isBelieved(undefined, undefined))
})

test('another gateway is refused by the names of both', (t) => {
  t.regex(foreignGateway('gw_1', 'gw_2').detail, /bound to the gateway gw_1,.* is gw_2/)
})

test('a gateway proves itself by the newest payment that took the money, or else that has ended, or else by the newest', (t) => {
  const [older, paid, failed, newest] = [
    aPayment('pay_0', 'SUCCEEDED'),
    aPayment('pay_1', 'SUCCEEDED'),
    aPayment('pay_2', 'FAILED'),
    aPayment('pay_3', 'PENDING'),
  ]
  t.is(paymentToProve([older, failed, newest, paid]), paid)
  t.is(paymentToProve([newest, failed]), failed)
  t.is(paymentToProve([newest]), newest)
  t.is(paymentToProve([]), undefined)
})

test('only a capture proves a payment that succeeded, and a voided key proves nothing', (t) => {
  const [paid, failed, pending] = [
    aPayment('pay_1', 'SUCCEEDED'),
    aPayment('pay_2', 'FAILED'),
    aPayment('pay_3', 'PENDING'),
  ]
  const declined = { state: 'declined', code: 'card_declined', detail: 'No.' } as const
  t.true(isProof(paid, { state: 'captured' }))
  for (const answer of [undefined, declined, { state: 'voided' }, { state: 'pending' }] as const) {
    t.false(isProof(paid, answer))
  }
  for (const payment of [failed, pending]) {
    for (const answer of [declined, { state: 'captured' }, { state: 'pending' }] as const) {
      t.true(isProof(payment, answer))
    }
    t.false(isProof(payment, undefined))
    t.false(isProof(payment, { state: 'voided' }))
  }
})

test('a database that is bound to none is bound to a gateway that knows its payment, or if it has none', (t) => {
  const ended = aPayment('pay_1', 'SUCCEEDED')
  t.true(refuseUnproven('gw_1', undefined, false).isOk())
  t.true(refuseUnproven('gw_1', ended, true).isOk())
  t.like(refuseUnproven('gw_1', ended, false)._unsafeUnwrapErr(), {
    ...{ code: 'unproven_gateway', gatewayId: 'gw_1', paymentId: 'pay_1', isDisproof: true },
  })
  for (const state of ['FAILED', 'PENDING'] as const) {
    const other = aPayment('pay_2', state)
    t.false(refuseUnproven('gw_1', other, false)._unsafeUnwrapErr().isDisproof)
  }
})
