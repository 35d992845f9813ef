import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { move, recordEdit } from '../rules/order-lifecycle.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

const byReference = (store: Store, userId: string, clientReference: string) =>
  store.transaction({ reference: { userId, clientReference } }, ({ sameReference }) => ({
    value: sameReference,
  }))

const referred = (id: string, quantity: number, userId = 'ann'): Order =>
  anOrder(id, { mug: quantity }, { userId, clientReference: 'C-1', metadata: { gift: 'yes' } })

/** What integrators know an order by. */
export const storeReferencesContract: readonly ContractCase<Store>[] = [
  {
    name: 'finds the order of a user by its reference, whatever has become of it',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const order = await placed(store, referred('ord_1', 1))
      await placed(store, anOrder('ord_2', { mug: 2 }))
      assert.deepEqual(await byReference(store, 'ann', 'C-1'), order)
      assert.equal(await byReference(store, 'ann', 'C-2'), undefined)
      assert.equal(await byReference(store, 'bob', 'C-1'), undefined)
      const cancelled = await saved(store, move(order, 'cancel', system))
      assert.deepEqual(await byReference(store, 'ann', 'C-1'), cancelled)
      const theirs = await placed(store, referred('ord_3', 1, 'bob'))
      const page = { limit: 9, clientReference: 'C-1' }
      assert.deepEqual(await store.listOrders(page), [theirs, cancelled])
      assert.deepEqual(await store.listOrders({ ...page, userId: 'ann' }), [cancelled])
      assert.deepEqual(await store.listOrders({ ...page, state: 'CREATED' }), [theirs])
    },
  },
  {
    name: 'refuses a second order of a user with a reference, and lets one of those that race be seen by the others',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      await placed(store, referred('ord_1', 1))
      await assert.rejects(placed(store, referred('ord_2', 2)))
      await placed(store, referred('ord_3', 3, 'bob'))
      const race = (id: string, quantity: number) =>
        store.transaction(
          { reference: { userId: 'cid', clientReference: 'C-1' } },
          ({ sameReference }) =>
            sameReference
              ? { value: sameReference.id }
              : { value: id, changes: { order: referred(id, quantity, 'cid') } },
        )
      const ids = await Promise.all([4, 5, 6, 7].map((each) => race(`ord_${each}`, each)))
      assert.equal(new Set(ids).size, 1)
    },
  },
  {
    name: 'keeps metadata as it is, and replaces it with a later version',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const metadata = { note: '"Ring", twice.\n\\', größe: '大' }
      const order = await placed(store, anOrder('ord_1', { mug: 1 }, { metadata }))
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), order)
      const edited = recordEdit({ ...order, metadata: {} }, 'modify', system)
      await saved(store, edited)
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), edited)
    },
  },
]
