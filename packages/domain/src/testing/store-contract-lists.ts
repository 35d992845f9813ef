import { strict as assert } from 'node:assert'
import type { IdempotencyRecord, Store } from '../ports/store.ts'
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

/** Idempotency keys and lists. */
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
    name: 'lists the orders in one state by pages, of everybody or of one user',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2, 3]) await placed(store, anOrder(`ord_${number}`, { mug: number }))
      await placed(store, anOrder('ord_4', { mug: 1 }, { userId: 'bob' }))
      await saved(store, paying(anOrder('ord_2', { mug: 2 }), 'pay_1'))
      const page = async (asked: Partial<Parameters<Store['listOrders']>[0]>) =>
        (await store.listOrders({ limit: 2, ...asked })).map(({ id }) => id)
      assert.deepEqual(await page({ state: 'CREATED' }), ['ord_4', 'ord_3'])
      assert.deepEqual(await page({ state: 'CREATED', after: 'ord_3' }), ['ord_1'])
      assert.deepEqual(await page({ state: 'CREATED', userId: 'ann' }), ['ord_3', 'ord_1'])
      assert.deepEqual(await page({ state: 'PAYMENT_IN_PROGRESS' }), ['ord_2'])
      assert.deepEqual(await page({ state: 'PAYMENT_IN_PROGRESS', userId: 'bob' }), [])
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
