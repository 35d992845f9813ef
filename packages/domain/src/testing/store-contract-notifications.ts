import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import type { ContractCase } from './contract.ts'
import { NOON } from './examples.ts'
import { idsOf, lease, pendingOrders, planOf } from './store-contract-work.ts'

/** What a gateway reports of its own accord. */
export const storeNotificationsContract: readonly ContractCase<Store>[] = [
  {
    name: 'stores a notification once, and makes its payment due with it',
    check: async (store) => {
      await pendingOrders(store, 2)
      const event = { eventId: 'evt_1', paymentId: 'pay_1', type: 'captured', receivedAt: NOON + 5 }
      assert.equal(await store.acceptNotification(event), true)
      const [hastened] = await lease(store, NOON + 5, 0)
      assert.equal(hastened?.id, 'pay_1')
      await store.postponeCheck(
        planOf('pay_1', NOON + 60_000, { checkedAt: hastened?.nextCheckAt ?? null }),
      )
      assert.equal(await store.acceptNotification(event), false)
      assert.deepEqual(await lease(store, NOON + 5, 0), [])
      const unknown = { ...event, eventId: 'evt_2', paymentId: 'pay_nobody' }
      assert.equal(await store.acceptNotification(unknown), true)
    },
  },
  {
    name: 'keeps a payment due if a notification came while a worker was asking about it',
    check: async (store) => {
      await pendingOrders(store, 1)
      const [leased] = await lease(store, NOON + 2000, 30_000)
      const event = { eventId: 'evt_1', paymentId: 'pay_1', type: 'captured' }
      await store.acceptNotification({ ...event, receivedAt: NOON + 2000 })
      assert.deepEqual(await lease(store, NOON + 2000, 0), [])
      await store.postponeCheck(
        planOf('pay_1', NOON + 60_000, { checkedAt: leased?.nextCheckAt ?? null }),
      )
      assert.deepEqual(idsOf(await lease(store, NOON + 2000, 0)), ['pay_1'])
    },
  },
]
