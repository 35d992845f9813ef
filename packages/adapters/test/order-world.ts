import {
  createUseCases,
  type NewId,
  type OutcomeUnknown,
  type PaymentGateway,
  type Store,
} from '@holdfast/domain'
import type { OrderWorld } from '@holdfast/domain/testing/model-test'
import { errAsync, ResultAsync } from 'neverthrow'
import { answerWithin } from '../src/gateway/answer-within.ts'
import { createFakeGateway } from '../src/gateway/fake-gateway.ts'
import type { FakeLedger } from '../src/gateway/fake-ledger.ts'

/**
 * The use cases on a store and on the real fake gateway, with time and the way to the gateway in the test's hands. Where the
 * way is slow, questions overtake charges.
 */
export const worldOn = async (
  store: Store,
  ledger: FakeLedger,
  isSlow = false,
  unpaidOrders = 2,
): Promise<OrderWorld> => {
  await store.bindGateway({ gatewayId: ledger.gatewayId, at: 0 })
  const time = { now: 0 }
  const way = { reachable: true }
  const clock = { now: () => time.now }
  const keys = new Set<string>()
  const silence = () => new Promise((done) => setImmediate(done))
  const fake = answerWithin(createFakeGateway({ ledger, clock }), 5000, silence)
  const gateway = throughALine(isSlow ? chargedLate(fake) : fake, way, keys)
  const settings = {
    paymentDeadlineMs: 180_000,
    orderTtlMs: 1_200_000,
    duplicateWindowMs: 300_000,
    unpaidOrders,
    idempotencyTtlMs: 86_400_000,
    defaultPaymentMethod: 'fake_approve',
  }
  const books: OrderWorld['books'] = () => {
    ledger.bookDue(time.now)
    const entries = ledger
      .entries('', keys.size)
      .map((each) => [each.idempotencyKey, each] as const)
    const booked = new Map(entries)
    const nothing = { captures: 0, refunds: 0, amount: null }
    return new Map([...keys].map((key) => [key, booked.get(key) ?? nothing]))
  }
  const useCases = createUseCases({ store, gateway, clock, newId: counted(), settings })
  return { useCases, store, books, time, gateway: way }
}

/** Notes every key that goes to the gateway, and lets nothing through while the way is cut. */
const throughALine = (
  gateway: PaymentGateway,
  way: Readonly<{ reachable: boolean }>,
  keys: Set<string>,
): PaymentGateway => {
  const cut = () =>
    errAsync<never, OutcomeUnknown>({ code: 'outcome_unknown', detail: 'The way is cut.' })
  const seen = (key: string) => way.reachable && keys.add(key)
  return {
    isAvailable: () => gateway.isAvailable(),
    identify: () => gateway.identify(),
    charge: (request, to) => (seen(request.idempotencyKey) ? gateway.charge(request, to) : cut()),
    lookup: (key, to) => (way.reachable ? gateway.lookup(key, to) : cut()),
    void: (key, to) => (seen(key) ? gateway.void(key, to) : cut()),
    refund: (request, to) => (way.reachable ? gateway.refund(request, to) : cut()),
  }
}

/** The gateway behind a way on which whatever was asked meanwhile arrives before a charge. */
const chargedLate = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  charge: (request, to) =>
    ResultAsync.fromSafePromise(someTurns()).andThen(() => gateway.charge(request, to)),
})

/** More turns of the event loop than a question takes on any store in this process. */
const someTurns = async () => {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((done) => setImmediate(done))
}

/** Ids in the order in which they are made, the same in every run. */
const counted = (): NewId => {
  let count = 0
  return (prefix) => `${prefix}_${String(++count).padStart(6, '0')}`
}
