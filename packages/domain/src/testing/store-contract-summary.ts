import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

/** Counts for those who watch over the service. */
export const storeSummaryContract: readonly ContractCase<Store>[] = [
  {
    name: 'counts nothing where there is nothing, every state included',
    check: async (store) => {
      assert.deepEqual(await store.summary(NOON), {
        ordersByState: {
          ORDER_FAILED: 0,
          CREATED: 0,
          PAYMENT_IN_PROGRESS: 0,
          PAYMENT_FAILED: 0,
          PAYMENT_DONE: 0,
          ORDER_CANCELLED: 0,
        },
        pendingPayments: 0,
        overduePayments: 0,
        refundsOwed: 0,
        oldestDueAt: null,
      })
    },
  },
  {
    name: 'proves again and again that it can write, which nobody sees',
    check: async (store) => {
      const before = await store.summary(NOON)
      for (const later of [0, 0, 5000]) await store.proveWritable(NOON + later)
      await Promise.all([store.proveWritable(NOON), store.proveWritable(NOON)])
      assert.deepEqual(await store.summary(NOON), before)
      await store.forgetKeys(NOON + 10_000)
      await store.proveWritable(NOON + 10_000)
    },
  },
  {
    name: 'counts orders by state, payments that are pending and overdue, and refunds that are owed',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      await placed(store, anOrder('ord_1', { mug: 1 }))
      await placed(store, anOrder('ord_2', { mug: 2 }))
      const begun = async (number: number) => {
        const order = await placed(store, anOrder(`ord_${number}`, { mug: number }))
        return saved(store, paying(order, `pay_${number}`))
      }
      const end = (order: Order, state: 'captured' | 'voided') =>
        saved(store, conclude(order, order.payments[0]?.id ?? '', { state }, system).order)
      await begun(3)
      await begun(4)
      await end(await begun(5), 'captured')
      await end(await end(await begun(6), 'voided'), 'captured') // Money that came too late.
      const leased = { id: 'pay_4', state: 'PENDING', checkedAt: NOON + 2000 } as const
      await store.postponeCheck({ ...leased, nextCheckAt: NOON + 9000, overdue: true })

      const { ordersByState, ...payments } = await store.summary(NOON + 2500)
      const counted = { CREATED: 2, PAYMENT_IN_PROGRESS: 2, PAYMENT_DONE: 1, PAYMENT_FAILED: 1 }
      assert.deepEqual({ ...ordersByState, ...counted }, ordersByState)
      assert.deepEqual(payments, {
        pendingPayments: 2,
        overduePayments: 1,
        refundsOwed: 1,
        oldestDueAt: NOON + 2000,
      })
      assert.equal((await store.summary(NOON + 1999)).oldestDueAt, null)
    },
  },
  {
    name: 'counts how often a payment was asked about without an end',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (const number of [1, 2]) {
        const order = await placed(store, anOrder(`ord_${number}`, { mug: number }))
        await saved(store, paying(order, `pay_${number}`))
      }
      const checks = async (id: string) =>
        (await store.listPayments({ limit: 2 })).find((payment) => payment.id === id)?.checks
      const postpone = (checkedAt: number, state: 'PENDING' | 'FAILED' = 'PENDING') =>
        store.postponeCheck({
          ...{ id: 'pay_1', state, checkedAt },
          ...{ nextCheckAt: checkedAt + 1000, overdue: false },
        })
      assert.deepEqual([await checks('pay_1'), await checks('pay_2')], [0, 0])
      await postpone(NOON + 2000)
      await postpone(NOON + 3000)
      await postpone(NOON + 4000, 'FAILED') // It is not.
      assert.deepEqual([await checks('pay_1'), await checks('pay_2')], [2, 0])
    },
  },
]
