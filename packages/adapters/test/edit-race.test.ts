import { createUseCases, type Store } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import { ResultAsync } from 'neverthrow'
import { createFakeGateway } from '../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../src/gateway/fake-ledger.ts'
import { newId } from '../src/new-id.ts'
import { SETTINGS, temporaryPostgres, temporarySqlite } from './support.ts'

const DAY = 86_400_000
const ann = { user: 'ann' }
const admin = { operator: 'test' }

const granted = async <T, E>(answer: ResultAsync<T, E>): Promise<T> =>
  (await answer)._unsafeUnwrap()

/** A shop of three mugs. What is done in between comes after a void at the gateway and before its answer. */
const shopOn = async (t: ExecutionContext, store: Store) => {
  const ledger = openFakeLedger(':memory:')
  t.teardown(ledger.close)
  await store.bindGateway({ gatewayId: ledger.gatewayId, at: 0 })
  const clock = { now: () => DAY }
  const fake = createFakeGateway({ ledger, clock })
  const doing = { inBetween: async (): Promise<void> => undefined }
  const gateway: typeof fake = {
    ...fake,
    void: (key, to) =>
      fake
        .void(key, to)
        .andThen((answer) => ResultAsync.fromSafePromise(doing.inBetween()).map(() => answer)),
  }
  const useCases = createUseCases({ store, gateway, clock, newId, settings: SETTINGS })
  const details = { sku: 'mug', name: 'Mug', description: '', quantity: 3 }
  const price = { amountMinor: 100, currency: 'EUR' }
  const { id: productId } = await granted(useCases.createProduct({ by: admin, ...details, price }))
  const lines = (quantity: number) => [{ productId, quantity }]
  return { ...useCases, doing, lines }
}

/** A hundred buyers want what ann is just about to pay for, while everybody who may learns of the void of her edit. */
const checkRace = async (t: ExecutionContext, store: Store) => {
  const shop = await shopOn(t, store)
  const { lines, doing } = shop
  const { id: orderId } = await granted(shop.createOrder({ by: ann, lines: lines(3) }))
  const first = await granted(shop.payOrder({ by: ann, orderId, paymentMethod: 'fake_slow' }))
  const { id: paymentId } = first.payment
  const states: string[] = []
  const buy = async (name: string) => {
    const order = await granted(shop.createOrder({ by: { user: name }, lines: lines(1) }))
    states.push(order.state)
  }
  const repeat = async () =>
    t.is((await granted(shop.payOrder({ by: ann, orderId }))).payment.state, 'PENDING')
  const notify = async (eventId: string) => {
    await shop.acceptNotification({ eventId, paymentId, type: 'voided' })
    await shop.reconcilePayments()
  }
  doing.inBetween = async () => {
    for (let round = 0; round < 5; round += 1) {
      const buyers = Array.from({ length: 20 }, (_, nth) => buy(`buyer-${round}-${nth}`))
      const lookers = [repeat(), notify(`evt_${round}`), shop.reconcilePayments({ all: true })]
      await Promise.all([...lookers, ...buyers])
    }
  }
  const { order } = await granted(shop.retryPayment({ by: ann, orderId, lines: lines(2) }))
  t.like(order, { state: 'PAYMENT_DONE', lines: [{ quantity: 2 }] })
  t.deepEqual(states, Array(100).fill('ORDER_FAILED'), 'what stays in the basket is never free')
  await buy('the next one')
  t.is(states.at(-1), 'CREATED', 'what was given up is')
  const product = await granted(shop.getProduct({ sku: 'mug' }))
  t.like(product, { quantity: 1, reserved: 1 })
}

const STORES = {
  'in memory': async () => createMemoryStore(),
  'on SQLite': async (t: ExecutionContext) => (await temporarySqlite(t)).store,
  'on PostgreSQL': async (t: ExecutionContext) => (await temporaryPostgres(t)).store,
}

for (const [where, open] of Object.entries(STORES)) {
  test(`whoever sees the void of an edit, none of a hundred buyers gets what stays in the basket ${where}`, async (t) =>
    checkRace(t, await open(t)))
}
