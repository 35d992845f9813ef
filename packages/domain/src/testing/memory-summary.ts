import type { Summary } from '../ports/summary.ts'
import type { Order } from '../rules/order.ts'
import { lifecycle, type OrderState } from '../rules/order-lifecycle.ts'

/** The summary of a store that has these orders. */
export const summarise = (orders: readonly Order[], now: number): Summary => {
  const payments = orders.flatMap((order) => order.payments)
  const pending = payments.filter(({ state }) => state === 'PENDING')
  const due = payments.flatMap(({ nextCheckAt: at }) => (at !== null && at <= now ? [at] : []))
  const states = Object.keys(lifecycle) as OrderState[]
  const count = (state: OrderState) => orders.filter((order) => order.state === state).length
  return {
    ordersByState: Object.fromEntries(
      states.map((state) => [state, count(state)]),
    ) as Summary['ordersByState'],
    pendingPayments: pending.length,
    overduePayments: pending.filter(({ overdue }) => overdue).length,
    refundsOwed: payments.filter(({ refund }) => refund?.state === 'OWED').length,
    oldestDueAt: due.length > 0 ? Math.min(...due) : null,
  }
}
