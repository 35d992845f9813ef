import { strict as assert } from 'node:assert'
import type { PaymentPage } from '../ports/pages.ts'
import type { Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { move } from '../rules/order-lifecycle.ts'
import { conclude } from '../rules/payment-policy.ts'
import { confirmRefund, postponeRefund, type Refund } from '../rules/refund.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }
const captured = { state: 'captured' } as const

/** An order whose payment was fenced. */
const fencedOrder = async (store: Store, number: number): Promise<Order> => {
  const order = await placed(store, anOrder(`ord_${number}`, { mug: number }))
  const begun = await saved(store, paying(order, `pay_${number}`))
  return saved(store, conclude(begun, `pay_${number}`, { state: 'voided' }, system).order)
}

/** One whose payment was captured all the same. */
const owingOrder = async (store: Store, number: number): Promise<Order> =>
  saved(store, conclude(await fencedOrder(store, number), `pay_${number}`, captured, system).order)

const refundOf = (order: Order | undefined): Refund => {
  const [payment] = order?.payments ?? []
  assert.ok(payment?.refund)
  return payment.refund
}

const lease = (store: Store, now: number, forMs: number, limit = 10) =>
  store.leaseRefunds({ now, until: now + forMs, latest: now + 90_000, limit })

/** Money that is owed back, and orders that nobody pays. */
export const storeRefundsContract: readonly ContractCase<Store>[] = [
  {
    name: 'keeps a refund with its payment, at most one, and only of a payment that failed',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const fenced = await fencedOrder(store, 1)
      const owing = conclude(fenced, 'pay_1', captured, system).order
      await saved(store, owing)
      assert.deepEqual(await store.findOrder({ paymentId: 'pay_1' }), owing)
      assert.equal(owing.version, fenced.version)

      const pending = await saved(
        store,
        paying(await placed(store, anOrder('ord_2', { mug: 2 })), 'pay_2'),
      )
      const [payment] = pending.payments
      assert.ok(payment)
      const refund = { ...refundOf(owing), paymentId: 'pay_2' }
      await assert.rejects(saved(store, { ...pending, payments: [{ ...payment, refund }] }))
    },
  },
  {
    name: 'owes a refund once, however many find out at once that it is owed',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      await fencedOrder(store, 1)
      const owe = () =>
        store.transaction({ order: { paymentId: 'pay_1' } }, ({ order }) => {
          assert.ok(order)
          const owing = conclude(order, 'pay_1', captured, system).order
          return owing === order ? { value: 0 } : { value: 1, changes: { order: owing } }
        })
      const owed = await Promise.all([owe(), owe(), owe()])
      assert.equal(owed[0] + owed[1] + owed[2], 1)
      assert.equal((await store.listRefunds({ limit: 9 })).length, 1)
    },
  },
  {
    name: 'leases an owed refund to one worker, until it is postponed or confirmed, and never again after that',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const first = refundOf(await owingOrder(store, 1))
      await owingOrder(store, 2)
      const both = await Promise.all([lease(store, NOON, 1000), lease(store, NOON, 1000)])
      assert.deepEqual(
        both
          .flat()
          .map(({ paymentId }) => paymentId)
          .sort(),
        ['pay_1', 'pay_2'],
      )
      assert.deepEqual(await lease(store, NOON + 999, 0), [])

      const later = postponeRefund(first, NOON + 500)
      await store.saveRefund(later)
      await store.saveRefund(confirmRefund(refundOf(await owingOrder(store, 3)), NOON + 500))
      const due = await lease(store, NOON + 60_000, 0)
      assert.deepEqual(due.map(({ paymentId }) => paymentId).sort(), ['pay_1', 'pay_2'])
      assert.deepEqual(
        due.find(({ paymentId }) => paymentId === 'pay_1'),
        later,
      )
    },
  },
  {
    name: 'leases an owed refund whose last attempt, or whose lease, lies too far ahead',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const first = refundOf(await owingOrder(store, 1))
      const second = refundOf(await owingOrder(store, 2))
      await store.saveRefund({ ...first, nextAttemptAt: NOON + 95_000, updatedAt: NOON + 90_001 })
      await store.saveRefund({ ...second, nextAttemptAt: NOON + 95_000, updatedAt: NOON + 90_000 })
      const ids = async (now: number) =>
        (await lease(store, now, 30_000)).map(({ paymentId }) => paymentId).sort()
      assert.deepEqual(await ids(NOON), ['pay_1'])
      assert.deepEqual(await ids(NOON), [])
      await store.saveRefund({ ...first, nextAttemptAt: NOON, updatedAt: NOON })
      assert.deepEqual(await ids(NOON + 3_600_000), ['pay_1', 'pay_2'])
      assert.deepEqual(await ids(NOON + 1000), ['pay_1'])
    },
  },
  {
    name: 'never turns a confirmed refund back into an owed one',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const refund = refundOf(await owingOrder(store, 1))
      const confirmed = confirmRefund(refund, NOON + 500)
      await store.saveRefund(confirmed)
      await store.saveRefund(postponeRefund(refund, NOON + 600))
      assert.deepEqual(await store.listRefunds({ limit: 9 }), [confirmed])
      const order = await store.findOrder({ orderId: 'ord_1' })
      assert.deepEqual(order?.payments[0]?.refund, confirmed)
    },
  },
  {
    name: 'lists refunds by pages, newest payment first',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2, 3]) await owingOrder(store, number)
      const page = async (after?: string) =>
        (await store.listRefunds({ limit: 2, after })).map(({ paymentId }) => paymentId)
      assert.deepEqual(await page(), ['pay_3', 'pay_2'])
      assert.deepEqual(await page('pay_2'), ['pay_1'])
    },
  },
  {
    name: 'lists only the refunds in one state, where one is named',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const orders = [await owingOrder(store, 1), await owingOrder(store, 2)]
      await store.saveRefund(confirmRefund(refundOf(orders[1]), NOON))
      const [owed] = await store.listRefunds({ limit: 9, state: 'OWED' })
      assert.deepEqual(owed, refundOf(orders[0]))
      const confirmed = await store.listRefunds({ limit: 9, state: 'CONFIRMED' })
      assert.deepEqual(
        confirmed.map(({ paymentId }) => paymentId),
        ['pay_2'],
      )
    },
  },
  {
    name: 'lists payments by pages, newest first, with their refunds, by state and by whether they are overdue',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const owing = await owingOrder(store, 1)
      for (const number of [2, 3]) {
        await saved(
          store,
          paying(await placed(store, anOrder(`ord_${number}`, { mug: number })), `pay_${number}`),
        )
      }
      const lateAt = NOON + 200_000
      const [pending] = (
        await store.leasePayments({ now: lateAt, until: lateAt, latest: lateAt, limit: 9 })
      ).filter(({ id }) => id === 'pay_2')
      assert.ok(pending)
      const checkedAt = pending.nextCheckAt
      await store.postponeCheck({ ...pending, checkedAt, nextCheckAt: lateAt, overdue: true })
      const page = async (asked: Omit<PaymentPage, 'limit'>, limit = 9) =>
        (await store.listPayments({ ...asked, limit })).map(({ id }) => id)
      assert.deepEqual(await page({}, 2), ['pay_3', 'pay_2'])
      assert.deepEqual(await page({ after: 'pay_2' }), ['pay_1'])
      assert.deepEqual(await page({ state: 'PENDING' }), ['pay_3', 'pay_2'])
      assert.deepEqual(await page({ overdue: true }), ['pay_2'])
      assert.deepEqual(await page({ state: 'PENDING', overdue: false }), ['pay_3'])
      assert.deepEqual(await store.listPayments({ limit: 1, state: 'FAILED' }), owing.payments)
    },
  },
  {
    name: 'lists the created orders from before a time, oldest first, page by page',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2, 3]) await placed(store, anOrder(`ord_${number}`, { mug: number }))
      await saved(store, paying(await placed(store, anOrder('ord_4', { mug: 4 })), 'pay_4'))
      await saved(store, move(await placed(store, anOrder('ord_5', { mug: 5 })), 'cancel', system))
      const page = async (createdBefore: number, after?: string) =>
        (await store.listUnpaid({ createdBefore, after, limit: 2 })).map(({ id }) => id)
      assert.deepEqual(await page(NOON), [])
      assert.deepEqual(await page(NOON + 1), ['ord_1', 'ord_2'])
      assert.deepEqual(await page(NOON + 1, 'ord_2'), ['ord_3'])
    },
  },
]
