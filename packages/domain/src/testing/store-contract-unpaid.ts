import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import { move } from '../rules/order-lifecycle.ts'
import { conclude } from '../rules/payment-policy.ts'
import { reserve } from '../rules/reservation.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

const unpaidOf = (store: Store, userId: string, atMost = 9) =>
  store.transaction({ unpaid: { userId, atMost } }, ({ unpaid }) => ({ value: unpaid }))

/** How many orders of a user hold stock that nobody has paid. */
export const storeUnpaidContract: readonly ContractCase<Store>[] = [
  {
    name: 'finds the orders of a user that hold stock unpaid, the oldest first, and no more than are asked for',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const one = await placed(store, anOrder('ord_1', { mug: 1 }))
      const two = await placed(store, anOrder('ord_2', { mug: 2 }))
      await placed(store, anOrder('ord_3', { mug: 3 }))
      await placed(store, anOrder('ord_4', { mug: 1 }, { userId: 'bob' }))
      const claimed = await saved(store, paying(two, 'pay_2'))
      assert.deepEqual(await unpaidOf(store, 'ann'), ['ord_1', 'ord_2', 'ord_3'])
      assert.deepEqual(await unpaidOf(store, 'ann', 2), ['ord_1', 'ord_2'])
      assert.deepEqual(await unpaidOf(store, 'cid'), [])
      await saved(store, move(one, 'cancel', system))
      await saved(store, conclude(claimed, 'pay_2', { state: 'captured' }, system).order)
      assert.deepEqual(await unpaidOf(store, 'ann'), ['ord_3'])
    },
  },
  {
    name: 'finds the other unpaid orders of the user of an order, where no user is named',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const each of [1, 2, 3]) await placed(store, anOrder(`ord_${each}`, { mug: each }))
      const others = (orderId: string) =>
        store.transaction({ order: { orderId }, unpaid: { atMost: 9 } }, ({ unpaid }) => ({
          value: unpaid,
        }))
      assert.deepEqual(await others('ord_2'), ['ord_1', 'ord_3'])
      assert.deepEqual(await others('ord_9'), [])
    },
  },
  {
    name: 'lets nobody hold more than they may, however many try at once, and lets others by',
    check: async (store) => {
      await stocked(store, { mug: 999 })
      const hold = (userId: string, nth: number) => {
        const order = anOrder(`ord_${userId}_${nth}`, { mug: nth }, { userId })
        return store.transaction({ unpaid: { userId, atMost: 3 } }, ({ unpaid }) =>
          unpaid.length < 3
            ? { value: true, changes: { order, movements: reserve(order, system) } }
            : { value: false },
        )
      }
      const held = await Promise.all(
        Array.from({ length: 24 }, (_, nth) => hold(nth % 2 ? 'ann' : 'bob', nth + 1)),
      )
      assert.equal(held.filter(Boolean).length, 6)
      for (const user of ['ann', 'bob']) assert.equal((await unpaidOf(store, user)).length, 3)
    },
  },
]
