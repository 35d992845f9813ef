import { strict as assert } from 'node:assert'
import type { NextCheck, Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

/** So many orders of so many mugs each, each with a payment under way that was claimed at noon. */
export const pendingOrders = async (store: Store, count: number): Promise<readonly Order[]> => {
  await stocked(store, { mug: 99 })
  const orders: Order[] = []
  for (let number = 1; number <= count; number += 1) {
    const order = await placed(store, anOrder(`ord_${number}`, { mug: number }))
    orders.push(await saved(store, paying(order, `pay_${number}`)))
  }
  return orders
}

/** Leases what is due at `now`, for so long. */
export const lease = (store: Store, now: number, forMs: number, limit = 10) =>
  store.leasePayments({ now, until: now + forMs, latest: latestAt(now), limit })

/** Whatever lies later was written by a clock that was set back. */
const latestAt = (now: number) => now + 90_000

/** The ids of payments. */
export const idsOf = (payments: readonly Payment[]) => payments.map(({ id }) => id)

/** The plan of a worker that has leased a payment whose check was due two seconds after noon. */
export const planOf = (
  id: string,
  nextCheckAt: number,
  changes: Partial<NextCheck> = {},
): NextCheck => ({
  ...{ id, nextCheckAt, state: 'PENDING', overdue: false, checkedAt: NOON + 2000 },
  ...changes,
})

/** The payments that a worker looks after. */
export const storeWorkContract: readonly ContractCase<Store>[] = [
  {
    name: 'lists the payments that are due, the longest waiting first',
    check: async (store) => {
      const [, , third] = await pendingOrders(store, 3)
      assert.ok(third)
      const due = async (now: number) => idsOf(await lease(store, now, 0))

      await store.postponeCheck(planOf('pay_1', NOON + 9000, { overdue: true }))
      assert.deepEqual(await due(NOON + 1999), [])
      assert.deepEqual((await due(NOON + 2000)).sort(), ['pay_2', 'pay_3'])
      assert.equal((await due(NOON + 9000)).at(-1), 'pay_1')
      const [first] = (await store.findOrder({ orderId: 'ord_1' }))?.payments ?? []
      assert.deepEqual([first?.overdue, first?.nextCheckAt], [true, NOON + 9000])

      const paid = conclude(third, 'pay_3', { state: 'captured' }, system).order
      await saved(store, paid)
      await store.postponeCheck(planOf('pay_3', NOON + 1, { overdue: true }))
      assert.deepEqual(await store.findOrder({ orderId: 'ord_3' }), paid)
      assert.deepEqual(await due(NOON + 9000), ['pay_2', 'pay_1'])
    },
  },
  {
    name: 'leases a due payment to one worker, until the lease ends or the next check is planned',
    check: async (store) => {
      await pendingOrders(store, 3)
      const both = await Promise.all([
        lease(store, NOON + 2000, 1000, 2),
        lease(store, NOON + 2000, 1000, 2),
      ])
      assert.deepEqual(idsOf(both.flat()).sort(), ['pay_1', 'pay_2', 'pay_3'])
      assert.deepEqual(await lease(store, NOON + 2999, 1000), [])
      assert.equal((await lease(store, NOON + 3000, 1000)).length, 3)

      await store.postponeCheck(planOf('pay_1', NOON + 3100))
      assert.deepEqual(idsOf(await lease(store, NOON + 3100, 1000)), ['pay_1'])
    },
  },
  {
    name: 'ends the lease of a payment with the attempt itself, so that what follows is not kept waiting',
    check: async (store) => {
      const [order] = await pendingOrders(store, 1)
      assert.ok(order)
      await lease(store, NOON + 2000, 60_000)
      await saved(store, conclude(order, 'pay_1', { state: 'voided' }, system).order)
      assert.deepEqual(idsOf(await lease(store, NOON + 20_000, 0)), ['pay_1'])
    },
  },
  {
    name: 'makes every pending payment due that no worker has',
    check: async (store) => {
      await pendingOrders(store, 2)
      await store.postponeCheck(planOf('pay_1', NOON + 90_000))
      assert.deepEqual(idsOf(await lease(store, NOON + 2000, 58_000)), ['pay_2'])
      await store.hastenChecks('pending', {
        now: NOON + 2100,
        latest: latestAt(NOON + 2100),
      })
      assert.deepEqual(idsOf(await lease(store, NOON + 2100, 0)), ['pay_1'])
    },
  },
  {
    name: 'makes a payment due whose check lies further ahead than the longest gap of its age, and no other',
    check: async (store) => {
      await pendingOrders(store, 4)
      const plan = (id: string, at: number) => store.postponeCheck(planOf(id, at))
      const dueAt = async (now: number) => {
        await store.hastenChecks('tooFarAhead', { now, latest: latestAt(now) })
        return idsOf(await lease(store, now, 0)).sort()
      }
      const early = NOON + 30_000
      await plan('pay_1', early + 60_000)
      await plan('pay_2', early + 60_001)
      await plan('pay_3', early + 3_600_000)
      await plan('pay_4', early + 1)
      assert.deepEqual(await dueAt(early), ['pay_2', 'pay_3'])

      // Past the deadline the longest gap is half of the age, rounded up; then an hour.
      for (const [age, gap] of [
        [400_001, 200_001],
        [36_000_000, 3_600_000],
      ] as const) {
        const now = NOON + age
        for (const { id, nextCheckAt } of await lease(store, now, 0)) {
          const next = { nextCheckAt: now + gap + (id === 'pay_1' ? 0 : 1), checkedAt: nextCheckAt }
          await store.postponeCheck({ ...planOf(id, 0), ...next })
        }
        assert.deepEqual(await dueAt(now), ['pay_2', 'pay_3', 'pay_4'])
        assert.deepEqual(await dueAt(now + gap), ['pay_1', 'pay_2', 'pay_3', 'pay_4'])
      }
    },
  },
  {
    name: 'leaves a check that is too far ahead to the worker who has it, unless the lease is too far ahead as well',
    check: async (store) => {
      await pendingOrders(store, 2)
      const ahead = NOON + 3_600_000
      const now = NOON + 10_000
      await store.postponeCheck(planOf('pay_2', now))
      await lease(store, now, 30_000, 1)
      await store.postponeCheck(planOf('pay_1', now + 2, { checkedAt: NOON + 2000 }))
      await lease(store, ahead, 30_000)
      await store.hastenChecks('tooFarAhead', { now, latest: latestAt(now) })
      assert.deepEqual(idsOf(await lease(store, now + 2, 30_000)).sort(), ['pay_1', 'pay_2'])
      assert.deepEqual(await lease(store, now + 2, 30_000), [])
    },
  },
  {
    name: 'looks after a payment that was fenced until nothing more is planned, but not after one that was declined',
    check: async (store) => {
      const [first, second] = await pendingOrders(store, 2)
      assert.ok(first && second)
      const fenced = conclude(first, 'pay_1', { state: 'voided' }, system).order
      await saved(store, fenced)
      const declined = { state: 'declined', code: 'card_declined', detail: 'No.' } as const
      await saved(store, conclude(second, 'pay_2', declined, system).order)
      const checkedAt = fenced.payments[0]?.nextCheckAt ?? Number.NaN
      assert.deepEqual(await lease(store, NOON + 9e9, 0), fenced.payments)
      await store.postponeCheck({
        ...planOf('pay_1', 0),
        state: 'FAILED',
        checkedAt,
        nextCheckAt: null,
      })
      assert.deepEqual(await lease(store, NOON + 9e9, 0), [])
    },
  },
]
