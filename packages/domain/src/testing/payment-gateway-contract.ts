import { strict as assert } from 'node:assert'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { whileDeciding } from '../ports/transaction-guard.ts'
import type { ContractCase } from './contract.ts'

/** A gateway with the payment methods that make it approve, decline, and leave a charge undecided for now. */
export type GatewayUnderTest = Readonly<{
  gateway: PaymentGateway
  approved: string
  declined: string
  undecided: string
}>

const amount = { amountMinor: 1299, currency: 'EUR' }

const charge = async ({ gateway }: GatewayUnderTest, idempotencyKey: string, method: string) =>
  (await gateway.charge({ idempotencyKey, amount, paymentMethod: method }))._unsafeUnwrap().state

const lookup = async ({ gateway }: GatewayUnderTest, key: string) =>
  (await gateway.lookup(key))._unsafeUnwrap()?.state

const voided = async ({ gateway }: GatewayUnderTest, key: string) =>
  (await gateway.void(key))._unsafeUnwrap().state

/** What every PaymentGateway must do, on a gateway that has seen none of the keys. */
export const paymentGatewayContract: readonly ContractCase<GatewayUnderTest>[] = [
  {
    name: 'captures once, and says so again when the request is repeated',
    check: async (subject) => {
      assert.equal(await charge(subject, 'pay_1', subject.approved), 'captured')
      assert.equal(await charge(subject, 'pay_1', subject.approved), 'captured')
      assert.equal(await lookup(subject, 'pay_1'), 'captured')
    },
  },
  {
    name: 'declines as an outcome with a code, and keeps to it when the request is repeated',
    check: async (subject) => {
      const request = { idempotencyKey: 'pay_1', amount, paymentMethod: subject.declined }
      const first = (await subject.gateway.charge(request))._unsafeUnwrap()
      assert.ok(first.state === 'declined' && first.code.length > 0)
      assert.equal(await charge(subject, 'pay_1', subject.approved), 'declined')
      assert.equal(await lookup(subject, 'pay_1'), 'declined')
    },
  },
  {
    name: 'does not know a key that it never saw',
    check: async (subject) => {
      assert.equal(await lookup(subject, 'pay_1'), undefined)
    },
  },
  {
    name: 'never charges a key that was voided, even if it was voided before it was seen',
    check: async (subject) => {
      assert.equal(await voided(subject, 'pay_1'), 'voided')
      assert.equal(await charge(subject, 'pay_1', subject.approved), 'voided')
      assert.equal(await voided(subject, 'pay_1'), 'voided')
      assert.equal(await lookup(subject, 'pay_1'), 'voided')
    },
  },
  {
    name: 'voids a charge that is still undecided',
    check: async (subject) => {
      assert.equal(await charge(subject, 'pay_1', subject.undecided), 'pending')
      assert.equal(await lookup(subject, 'pay_1'), 'pending')
      assert.equal(await voided(subject, 'pay_1'), 'voided')
      assert.equal(await lookup(subject, 'pay_1'), 'voided')
    },
  },
  {
    name: 'answers a void that comes too late with what had happened',
    check: async (subject) => {
      await charge(subject, 'pay_1', subject.approved)
      await charge(subject, 'pay_2', subject.declined)
      assert.equal(await voided(subject, 'pay_1'), 'captured')
      assert.equal(await voided(subject, 'pay_2'), 'declined')
    },
  },
  {
    name: 'refunds what it captured, safely repeated, and nothing else',
    check: async (subject) => {
      const refund = (idempotencyKey: string) => subject.gateway.refund({ idempotencyKey, amount })
      await charge(subject, 'pay_1', subject.approved)
      assert.deepEqual((await refund('pay_1'))._unsafeUnwrap(), { state: 'refunded' })
      assert.deepEqual((await refund('pay_1'))._unsafeUnwrap(), { state: 'refunded' })
      assert.equal((await refund('pay_2')).isErr(), true)
    },
  },
  {
    name: 'would send a charge while nothing is wrong, and says so also inside a store transaction',
    check: async ({ gateway }) => {
      assert.equal(gateway.isAvailable(), true)
      assert.equal(
        whileDeciding(() => gateway.isAvailable()),
        true,
      )
    },
  },
  {
    name: 'throws when it is called inside a store transaction',
    check: async ({ gateway, approved }) => {
      const key = 'pay_1'
      const calls: readonly (() => unknown)[] = [
        () => gateway.charge({ idempotencyKey: key, amount, paymentMethod: approved }),
        () => gateway.lookup(key),
        () => gateway.void(key),
        () => gateway.refund({ idempotencyKey: key, amount }),
      ]
      for (const call of calls) assert.throws(() => whileDeciding(call), /inside a store/)
      assert.equal((await gateway.lookup(key))._unsafeUnwrap(), undefined)
    },
  },
]
