import type { Order, Store } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import type { ResultAsync } from 'neverthrow'
import { openFakeLedger } from '../src/gateway/fake-ledger.ts'
import { worldOn } from './order-world.ts'
import { temporaryPostgres, temporarySqlite } from './support.ts'

const USERS = 500
const admin = { operator: 'test' }
const named = (count: number) => ({ user: `user-${count}` })

const granted = async <T, E>(answer: ResultAsync<T, E>): Promise<T> =>
  (await answer)._unsafeUnwrap()

/** Each of 500 users has an order that was short and one that was not paid, and their lifetime is over. */
const longFailed = async (t: ExecutionContext, store: Store) => {
  const ledger = openFakeLedger(':memory:')
  t.teardown(() => ledger.close())
  const world = await worldOn(store, ledger)
  const { createOrder, createProduct, payOrder } = world.useCases
  const details = { name: 'Mug', description: '', price: { amountMinor: 1299, currency: 'EUR' } }
  const { id: productId } = await granted(
    createProduct({ by: admin, sku: 'MUG', ...details, quantity: 100 }),
  )
  const place = (count: number, quantity: number) =>
    createOrder({ by: named(count), lines: [{ productId, quantity }] })
  const failed: Order[] = []
  for (let count = 0; count < USERS; count += 1) {
    failed.push(await granted(place(count, 1000)))
    const { id: orderId } = await granted(place(count, 1))
    const paid = await granted(
      payOrder({ by: named(count), orderId, paymentMethod: 'fake_decline' }),
    )
    failed.push(paid.order)
  }
  world.time.now += 1_200_000
  return { world, place, failed }
}

/** What holds on a store on which a thousand failed orders have outlived their time. */
const checkThousand = async (t: ExecutionContext, store: Store) => {
  const { world, place, failed } = await longFailed(t, store)
  const { expireOrders, retryOrder, retryPayment, getOrder } = world.useCases
  const sweeps = await Promise.all([expireOrders(), expireOrders(), expireOrders()])
  const gone = sweeps.flat().map(({ id }) => id)
  t.deepEqual(gone.toSorted(), failed.map(({ id }) => id).toSorted(), 'each of them, and just once')
  t.deepEqual(await expireOrders(), [])
  for (const { id } of failed.slice(0, 20)) {
    const order = await granted(getOrder({ by: admin, orderId: id }))
    const [before, last] = order.history.slice(-2)
    t.like(last, { action: 'letGo', to: before?.to, actor: 'system', reason: 'expired' })
  }

  const [short, unpaid, ...others] = failed
  const twins = [await granted(place(0, 1000)), await granted(place(0, 1))]
  const refusals = [
    await retryOrder({ by: named(0), orderId: short?.id ?? '' }),
    await retryPayment({ by: named(0), orderId: unpaid?.id ?? '' }),
  ].map((answer) => answer._unsafeUnwrapErr())
  for (const [index, refusal] of refusals.entries()) {
    t.like(refusal, { code: 'duplicate_order', order: { id: twins[index]?.id } })
  }
  for (let count = 1; count < USERS / 2; count += 1) {
    t.is((await granted(place(count, 1000))).state, 'ORDER_FAILED')
  }
  const [, alone] = others.slice(USERS)
  const retried = await granted(
    retryPayment({ by: { user: alone?.userId ?? '' }, orderId: alone?.id ?? '' }),
  )
  t.is(retried.order.state, 'PAYMENT_DONE', 'with no twin it goes on as it was')
}

test('a thousand failed orders are let go once by three sweeps at a time on SQLite, their baskets are free, and a retry meets a newer twin', async (t) => {
  await checkThousand(t, (await temporarySqlite(t)).store)
})

test('a thousand failed orders are let go once by three sweeps at a time on PostgreSQL, their baskets are free, and a retry meets a newer twin', async (t) => {
  await checkThousand(t, (await temporaryPostgres(t)).store)
})
