import { strict as assert } from 'node:assert'
import type { ResultAsync } from 'neverthrow'
import type { OutcomeUnknown, PaymentGateway, Told } from '../ports/payment-gateway.ts'
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

const idOf = async ({ gateway }: GatewayUnderTest) => (await gateway.identify())._unsafeUnwrap()

/** What was answered, by the gateway that was meant. */
const told = async <T>(
  subject: GatewayUnderTest,
  ask: (gatewayId: string) => ResultAsync<Told<T>, OutcomeUnknown>,
): Promise<T> => {
  const id = await idOf(subject)
  const { gatewayId, answer } = (await ask(id))._unsafeUnwrap()
  assert.equal(gatewayId, id)
  return answer
}

const charge = async (subject: GatewayUnderTest, idempotencyKey: string, paymentMethod: string) => {
  const request = { idempotencyKey, amount, paymentMethod }
  return (await told(subject, (id) => subject.gateway.charge(request, id))).state
}

const lookup = async (subject: GatewayUnderTest, key: string) =>
  (await told(subject, (id) => subject.gateway.lookup(key, id)))?.state

const voided = async (subject: GatewayUnderTest, key: string) =>
  (await told(subject, (id) => subject.gateway.void(key, id))).state

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
    name: 'makes one charge of many requests with one key at once',
    check: async (subject) => {
      const sent = Array.from({ length: 5 }, () => charge(subject, 'pay_1', subject.approved))
      assert.deepEqual(new Set(await Promise.all(sent)), new Set(['captured']))
      const refund = { idempotencyKey: 'pay_1', amount }
      const given = await told(subject, (id) => subject.gateway.refund(refund, id))
      assert.deepEqual(given, { state: 'refunded' })
      assert.equal(await lookup(subject, 'pay_1'), 'captured')
    },
  },
  {
    name: 'declines as an outcome with a code, and keeps to it when the request is repeated',
    check: async (subject) => {
      const request = { idempotencyKey: 'pay_1', amount, paymentMethod: subject.declined }
      const first = await told(subject, (id) => subject.gateway.charge(request, id))
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
      const refund = (idempotencyKey: string) => (id: string) =>
        subject.gateway.refund({ idempotencyKey, amount }, id)
      await charge(subject, 'pay_1', subject.approved)
      assert.deepEqual(await told(subject, refund('pay_1')), { state: 'refunded' })
      assert.deepEqual(await told(subject, refund('pay_1')), { state: 'refunded' })
      assert.equal((await refund('pay_2')(await idOf(subject))).isErr(), true)
    },
  },
  {
    name: 'says who it is, the same each time',
    check: async (subject) => {
      const id = await idOf(subject)
      assert.match(id, /^[\x21-\x7e]{1,255}$/)
      assert.equal(await idOf(subject), id)
    },
  },
  {
    name: 'does nothing of what is meant for another gateway, and says who it is',
    check: async (subject) => {
      const { gateway, approved } = subject
      await charge(subject, 'pay_2', approved)
      const request = { idempotencyKey: 'pay_1', amount, paymentMethod: approved }
      const misdirected = [
        await gateway.charge(request, 'gw_another'),
        await gateway.void('pay_1', 'gw_another'),
        await gateway.lookup('pay_2', 'gw_another'),
        await gateway.refund({ idempotencyKey: 'pay_2', amount }, 'gw_another'),
      ]
      for (const answer of misdirected) {
        assert.equal(answer._unsafeUnwrapErr().gatewayId, await idOf(subject))
      }
      assert.equal(await lookup(subject, 'pay_1'), undefined)
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
      const id = (await gateway.identify())._unsafeUnwrap()
      const calls: readonly (() => unknown)[] = [
        () => gateway.identify(),
        () => gateway.charge({ idempotencyKey: key, amount, paymentMethod: approved }, id),
        () => gateway.lookup(key, id),
        () => gateway.void(key, id),
        () => gateway.refund({ idempotencyKey: key, amount }, id),
      ]
      for (const call of calls) assert.throws(() => whileDeciding(call), /inside a store/)
      assert.equal((await gateway.lookup(key, id))._unsafeUnwrap().answer, undefined)
    },
  },
]
