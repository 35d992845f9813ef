import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { NOON, saved } from './examples.ts'
import { idsOf, lease, pendingOrders } from './store-contract-work.ts'

const system = { actor: 'system', at: NOON }

/** What is known of payments: whether they have ended, and what was said of them until then. */
export const storeOutcomesContract: readonly ContractCase<Store>[] = [
  {
    name: 'tells which payments of a list have ended, whoever ended them',
    check: async (store) => {
      const orders = await pendingOrders(store, 3)
      assert.deepEqual(await store.endedAmong([]), [])
      assert.deepEqual(await store.endedAmong(['pay_1', 'pay_2', 'pay_3', 'pay_none']), [])
      for (const [number, state] of [
        [1, 'captured'],
        [2, 'voided'],
      ] as const) {
        const order = orders[number - 1]
        assert.ok(order)
        await saved(store, conclude(order, `pay_${number}`, { state }, system).order)
      }
      const ended = await store.endedAmong(['pay_3', 'pay_2', 'pay_1', 'pay_1'])
      assert.deepEqual([...ended].sort(), ['pay_1', 'pay_2'])
      assert.deepEqual(await store.endedAmong(['pay_3', 'pay_2']), ['pay_2'])
    },
  },
  {
    name: 'keeps until when a payment is left to an edit that fences it, as long as it is under way',
    check: async (store) => {
      const [order] = await pendingOrders(store, 1)
      assert.ok(order)
      const fencedUntil = async () =>
        (await store.findOrder({ orderId: 'ord_1' }))?.payments.map((each) => each.fencedUntil)
      assert.deepEqual(await fencedUntil(), [null])
      await lease(store, NOON + 2000, 60_000)
      for (const until of [NOON + 30_000, NOON + 60_000, NOON + 90_000]) {
        await store.noteFence('pay_1', until)
        assert.deepEqual(await fencedUntil(), [until])
      }
      assert.deepEqual(await lease(store, NOON + 2000, 0), [])
      await saved(store, conclude(order, 'pay_1', { state: 'captured' }, system).order)
      await store.noteFence('pay_1', NOON + 99_000)
      assert.deepEqual(await fencedUntil(), [null])
    },
  },
  {
    name: 'keeps what the gateway has said of a payment while it is under way, and no worker notices',
    check: async (store) => {
      const [order] = await pendingOrders(store, 1)
      assert.ok(order)
      const outcome = async () =>
        (await store.findOrder({ orderId: 'ord_1' }))?.payments.map((each) => each.outcome)
      assert.deepEqual(await outcome(), ['unknown'])
      assert.deepEqual(idsOf(await lease(store, NOON + 2000, 60_000)), ['pay_1'])
      for (const said of ['processing', 'processing', 'not_seen', 'unknown', 'not_seen'] as const) {
        await store.noteOutcome('pay_1', said)
        assert.deepEqual(await outcome(), [said])
      }
      assert.deepEqual(await lease(store, NOON + 2000, 0), [])
      const [payment] = await lease(store, NOON + 62_000, 0)
      assert.deepEqual([payment?.outcome, payment?.nextCheckAt], ['not_seen', NOON + 2000])

      await saved(store, conclude(order, 'pay_1', { state: 'captured' }, system).order)
      await store.noteOutcome('pay_1', 'processing')
      assert.deepEqual(await outcome(), [null])
      await store.noteOutcome('pay_none', 'unknown')
    },
  },
]
