import type { Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import type { UseCases } from '../use-cases/index.ts'
import type { ModelOrder } from './order-model-parts.ts'
import type { Books } from './snapshot.ts'

/** A whole system, with nothing in it yet, on the adapters that are to be proven. */
export type OrderWorld = Readonly<{
  useCases: UseCases
  store: Store
  /** What the gateway booked under every key that it ever saw. */
  books: () => Books
  /** What the system's clock says. The history moves it. */
  time: { now: number }
  /** While false nothing arrives at the gateway, and nothing is heard of it. The history switches it. */
  gateway: { reachable: boolean }
}>

/** An order of the system in the words of the model. */
export const viewOf = (order: Order): ModelOrder => {
  const { id, userId, allowDuplicate, state } = order
  return {
    ...{ id, userId, allowDuplicate, state },
    lines: order.lines.map(({ productId, quantity, unitPrice }) => ({
      ...{ productId, quantity, unitPrice: unitPrice.amountMinor },
    })),
    short: (order.failure?.lines ?? []).map(({ sku: _, ...short }) => short),
    history: order.history.map(({ from, action, to }) => `${from ?? 'nothing'} ${action} ${to}`),
    payments: order.payments.map((payment) => ({
      id: payment.id,
      state: payment.state,
      failure: payment.failure?.code ?? null,
      overdue: payment.overdue,
      amountMinor: payment.amount.amountMinor,
      orderVersion: payment.orderVersion,
      createdAt: payment.createdAt,
      nextCheckAt: payment.state === 'PENDING' ? (payment.nextCheckAt ?? 0) : 0,
    })),
  }
}
