import { strict as assert } from 'node:assert'
import type { IdempotencyRecord, Store } from '../ports/store.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, paying, placed, saved, stocked } from './examples.ts'

const key = { userId: 'ann', key: 'k-1' }
const finished: IdempotencyRecord = {
  ...key,
  fingerprint: 'f',
  paymentId: null,
  outcome: '{"value":1}',
  createdAt: NOON,
}

const remember = (store: Store, record: IdempotencyRecord) =>
  store.transaction({ key: record }, () => ({ value: undefined, changes: { record } }))

const recall = (store: Store, wanted: Pick<IdempotencyRecord, 'userId' | 'key'>) =>
  store.transaction({ key: wanted }, ({ record }) => ({ value: record }))

const pendingOrder = async (store: Store, number: number) =>
  saved(
    store,
    paying(await placed(store, anOrder(`ord_${number}`, { mug: number })), `pay_${number}`),
  )

/** Idempotency keys, due payments and lists. */
export const storeListsContract: readonly ContractCase<Store>[] = [
  {
    name: 'remembers a key with its first outcome, for its own user only',
    check: async (store) => {
      await remember(store, finished)
      await remember(store, { ...finished, outcome: '{"value":2}' })
      assert.deepEqual(await recall(store, key), finished)
      assert.equal(await recall(store, { ...key, userId: 'bob' }), undefined)
    },
  },
  {
    name: 'remembers a key together with its effect or not at all',
    check: async (store) => {
      const spoilt = anOrder('ord_1', { none: 1 })
      const together = store.transaction({ key }, () => ({
        value: undefined,
        changes: { record: finished, order: spoilt },
      }))
      await assert.rejects(together)
      assert.equal(await recall(store, key), undefined)
    },
  },
  {
    name: 'gives every key that waits for a payment its outcome, and no other key',
    check: async (store) => {
      const waiting = { ...finished, outcome: null, paymentId: 'pay_1' }
      await remember(store, waiting)
      await remember(store, { ...waiting, key: 'k-2' })
      await remember(store, { ...waiting, key: 'k-3', paymentId: 'pay_2' })
      const concluded = { paymentId: 'pay_1', outcome: '{"value":3}' }
      await store.transaction({}, () => ({ value: 0, changes: { concluded } }))
      assert.deepEqual(await recall(store, key), { ...waiting, outcome: '{"value":3}' })
      assert.equal((await recall(store, { ...key, key: 'k-2' }))?.outcome, '{"value":3}')
      assert.equal((await recall(store, { ...key, key: 'k-3' }))?.outcome, null)
    },
  },
  {
    name: 'forgets old keys, but none that waits for a payment',
    check: async (store) => {
      await remember(store, finished)
      await remember(store, { ...finished, key: 'later', createdAt: NOON + 1 })
      await remember(store, { ...finished, key: 'open', outcome: null, paymentId: 'pay_1' })
      assert.equal(await store.forgetKeys(NOON + 1), 1)
      assert.equal(await recall(store, key), undefined)
      assert.ok(await recall(store, { ...key, key: 'later' }))
      assert.ok(await recall(store, { ...key, key: 'open' }))
    },
  },
  {
    name: 'lists the payments that are due, the longest waiting first',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      await pendingOrder(store, 1)
      await pendingOrder(store, 2)
      const third = await pendingOrder(store, 3)
      const due = async (now: number, limit = 10) =>
        (await store.leasePayments({ now, until: now, limit })).map(({ id }) => id)

      await store.postponeCheck({ id: 'pay_1', nextCheckAt: NOON + 9000, overdue: true })
      assert.deepEqual(await due(NOON + 1999), [])
      assert.deepEqual((await due(NOON + 2000)).sort(), ['pay_2', 'pay_3'])
      assert.equal((await due(NOON + 9000)).at(-1), 'pay_1')
      const [first] = (await store.findOrder({ orderId: 'ord_1' }))?.payments ?? []
      assert.deepEqual([first?.overdue, first?.nextCheckAt], [true, NOON + 9000])

      const at = { actor: 'system', at: NOON }
      const paid = conclude(third, 'pay_3', { state: 'captured' }, at).order
      await saved(store, paid)
      await store.postponeCheck({ id: 'pay_3', nextCheckAt: NOON + 1, overdue: true })
      assert.deepEqual(await store.findOrder({ orderId: 'ord_3' }), paid)
      assert.deepEqual(await due(NOON + 9000), ['pay_2', 'pay_1'])
    },
  },
  {
    name: 'leases a due payment to one worker, until the lease ends or the next check is planned',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2, 3]) await pendingOrder(store, number)
      const lease = async (now: number, limit = 10) =>
        (await store.leasePayments({ now, until: now + 1000, limit })).map(({ id }) => id)
      const both = await Promise.all([lease(NOON + 2000, 2), lease(NOON + 2000, 2)])
      assert.deepEqual(both.flat().sort(), ['pay_1', 'pay_2', 'pay_3'])
      assert.deepEqual(await lease(NOON + 2999), [])
      assert.deepEqual((await lease(NOON + 3000)).sort(), ['pay_1', 'pay_2', 'pay_3'])

      await store.postponeCheck({ id: 'pay_1', nextCheckAt: NOON + 3100, overdue: false })
      assert.deepEqual(await lease(NOON + 3100), ['pay_1'])
    },
  },
  {
    name: 'makes every pending payment due that no worker has',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      await pendingOrder(store, 1)
      await pendingOrder(store, 2)
      await store.postponeCheck({ id: 'pay_1', nextCheckAt: NOON + 90_000, overdue: false })
      const lease = async (now: number, until: number) =>
        (await store.leasePayments({ now, until, limit: 10 })).map(({ id }) => id)
      assert.deepEqual(await lease(NOON + 2000, NOON + 60_000), ['pay_2'])
      await store.hastenChecks(NOON + 2100)
      assert.deepEqual(await lease(NOON + 2100, NOON + 2100), ['pay_1'])
    },
  },
  {
    name: 'lists orders by pages, newest first, and only those of the user who is asked for',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2, 3]) await placed(store, anOrder(`ord_${number}`, { mug: number }))
      await placed(store, anOrder('ord_4', { mug: 1 }, { userId: 'bob' }))
      const page = async (asked: Parameters<Store['listOrders']>[0]) =>
        (await store.listOrders(asked)).map(({ id }) => id)
      assert.deepEqual(await page({ limit: 2, userId: 'ann' }), ['ord_3', 'ord_2'])
      assert.deepEqual(await page({ limit: 2, userId: 'ann', after: 'ord_2' }), ['ord_1'])
      assert.deepEqual(await page({ limit: 9 }), ['ord_4', 'ord_3', 'ord_2', 'ord_1'])
      const [newest] = await store.listOrders({ limit: 1, userId: 'bob' })
      assert.deepEqual(newest, await store.findOrder({ orderId: 'ord_4' }))
    },
  },
  {
    name: 'lists products by pages, newest first, and a product’s movements, oldest first',
    check: async (store) => {
      await stocked(store, { cup: 1, mug: 2, pot: 3 })
      const page = async (after?: string) =>
        (await store.listProducts({ limit: 2, after })).map(({ sku }) => sku)
      assert.deepEqual(await page(), ['pot', 'mug'])
      assert.deepEqual(await page('prod_mug'), ['cup'])
      await placed(store, anOrder('ord_1', { mug: 2 }))
      const movements = await store.listMovements('prod_mug')
      assert.deepEqual(
        movements.map(({ kind, quantityDelta, reservedDelta }) => [
          kind,
          quantityDelta,
          reservedDelta,
        ]),
        [
          ['set', 2, 0],
          ['reserve', 0, 2],
        ],
      )
    },
  },
]
