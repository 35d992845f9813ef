import { createUseCases, type Order, type UseCases } from '@holdfast/domain'
import type { ExecutionContext } from 'ava'
import { errAsync, type ResultAsync } from 'neverthrow'
import { type Audit, auditBooks, type Report } from '../../src/audit/audit.ts'
import { answerWithin } from '../../src/gateway/answer-within.ts'
import { DEFAULT_FAKE_DELAYS } from '../../src/gateway/fake-core.ts'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { readLedger } from '../../src/gateway/read-ledger.ts'
import { newId } from '../../src/new-id.ts'
import { postgres, sqlite } from '../../src/sql/dialects.ts'
import { temporaryFolder, temporaryPostgres, temporarySqlite } from '../support.ts'

/** A shop whose time the test moves, and an audit of its books at that time. */
export type Books = Readonly<{
  useCases: UseCases
  time: { now: number }
  /** Whether the gateway can be asked about a payment. */
  gateway: { reachable: boolean }
  parts: Audit
  audit: (options?: Partial<Audit>) => Promise<Report>
  /** Orders so many of a product for a user. */
  order: (userId: string, sku: string, quantity: number) => Promise<Order>
  /** Pays for an order of a user's, with a key; the payment's id. */
  pay: (
    order: Order,
    paymentMethod?: string,
    action?: 'payOrder' | 'retryPayment',
  ) => Promise<string>
}>

const openStore = { SQLite: temporarySqlite, PostgreSQL: temporaryPostgres }

/** The databases that an audit has to work on. */
export const databases = Object.keys(openStore) as (keyof typeof openStore)[]

const price = { amountMinor: 1299, currency: 'EUR' }

export const SECOND = 1000

/** How long things take, in ms. */
const usual = { deadlineMs: 180 * SECOND, delays: DEFAULT_FAKE_DELAYS }

/** An empty shop with 50 mugs and 5 cups. */
export const openBooks = async (
  t: ExecutionContext,
  database: keyof typeof openStore,
  { deadlineMs, delays }: typeof usual = usual,
): Promise<Books> => {
  const { store, driver } = await openStore[database](t)
  const fakeLedgerFile = `${temporaryFolder(t)}/ledger.db`
  const ledger = openFakeLedger(fakeLedgerFile)
  const place = {
    ...{ gatewayUrl: undefined, gatewaySecret: undefined },
    gatewayTimeoutMs: 300,
    fakeLedgerFile,
  }
  t.teardown(() => ledger.close())
  const time = { now: Date.UTC(2026, 0, 15, 12) }
  const now = () => time.now
  const way = { reachable: true }
  const fake = createFakeGateway({ ledger, clock: { now }, delays })
  const silence = () => new Promise((done) => setImmediate(done))
  const silent = errAsync({ code: 'outcome_unknown', detail: 'No answer.' } as const)
  const lookup: typeof fake.lookup = (key, to) => (way.reachable ? fake.lookup(key, to) : silent)
  const gateway = answerWithin({ ...fake, lookup }, 300, silence)
  const settings = {
    paymentDeadlineMs: deadlineMs,
    orderTtlMs: 0,
    duplicateWindowMs: 0,
    unpaidOrders: 0,
    idempotencyTtlMs: 86_400 * SECOND,
    defaultPaymentMethod: 'fake_approve',
  }
  await store.bindGateway({ gatewayId: ledger.gatewayId, at: time.now })
  const useCases = createUseCases({ store, gateway, clock: { now }, newId, settings })
  const details = (sku: string) => ({
    by: { operator: 'cli' },
    sku,
    name: sku,
    description: '',
    price,
  })
  const products = new Map([
    ['mug', (await granted(useCases.createProduct({ ...details('mug'), quantity: 50 }))).id],
    ['cup', (await granted(useCases.createProduct({ ...details('cup'), quantity: 5 }))).id],
  ])
  const parts: Audit = {
    driver,
    dialect: database === 'SQLite' ? sqlite : postgres,
    ledger: (at) => readLedger(place, at),
    gatewayTimeoutMs: 300,
    now,
  }
  return {
    useCases,
    time,
    gateway: way,
    parts,
    audit: (options) => auditBooks({ ...parts, ...options }),
    order: (userId, sku, quantity) => {
      const lines = [{ productId: products.get(sku) ?? '', quantity }]
      return granted(useCases.createOrder({ by: { user: userId }, lines }))
    },
    pay: async ({ id: orderId, userId }, paymentMethod, action = 'payOrder') => {
      const idempotency = { key: `${orderId} ${action}`, fingerprint: 'f' }
      const by = { user: userId }
      const claim = await granted(useCases[action]({ by, orderId, paymentMethod, idempotency }))
      return claim.payment.id
    },
  }
}

const granted = async <T, E>(answer: ResultAsync<T, E>): Promise<T> =>
  (await answer)._unsafeUnwrap()

/** Fences a payment at its deadline, which is three minutes from now. */
export const fence = async ({ time, useCases }: Books): Promise<void> => {
  time.now += 180 * SECOND
  await useCases.reconcilePayments()
}

/** A past in which everything happened that leaves nothing open; what each user did tells what to plant where. */
export const trade = async (books: Books): Promise<void> => {
  const { order, pay, time, useCases } = books
  await order('ann', 'mug', 2)
  await order('ben', 'mug', 2)
  const paid = await order('cat', 'mug', 3)
  await pay(paid, 'fake_decline')
  time.now += SECOND
  await pay(paid, 'fake_approve', 'retryPayment')
  await pay(await order('dan', 'mug', 4), 'fake_decline')
  const cancelled = await order('eve', 'mug', 5)
  await granted(useCases.cancelOrder({ by: { user: 'eve' }, orderId: cancelled.id }))
  await pay(await order('fay', 'cup', 1), 'fake_refund_refused')
  await order('gil', 'cup', 9)
  await fence(books)
  await pay(await order('hal', 'cup', 2))
  for (let asked = 0; asked < 6; asked += 1) {
    time.now += 100 * SECOND
    await useCases.reconcilePayments()
    await useCases.settleRefunds()
  }
}

/** The ids of what does not hold. */
export const brokenIn = ({ findings }: Report): readonly string[] =>
  findings.filter(({ broken }) => broken > 0).map(({ id }) => id)
