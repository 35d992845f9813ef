import type { Store } from '../ports/store.ts'
import type { Money } from '../rules/money.ts'
import type { Order } from '../rules/order.ts'
import type { Product } from '../rules/product.ts'
import type { StockMovement } from '../rules/reservation.ts'
import type { UseCases } from '../use-cases/index.ts'
import type { ModelOrder } from './order-model-parts.ts'

/** What the gateway's books say of a key: how often it took this amount, and how often it gave it back. */
type Booking = Readonly<{ captures: number; refunds: number; amount: Money | null }>

/** A whole system, with nothing in it yet, on the adapters that are to be proven. */
export type OrderWorld = Readonly<{
  useCases: UseCases
  store: Store
  /** What the gateway booked under every key that it ever saw. */
  books: () => ReadonlyMap<string, Booking>
  /** What the system's clock says. The history moves it. */
  time: { now: number }
  /** While false nothing arrives at the gateway, and nothing is heard of it. The history switches it. */
  gateway: { reachable: boolean }
}>

/** All that the store and the gateway's books hold, read while nothing runs. */
export type Snapshot = Readonly<{
  orders: readonly Order[]
  products: readonly Readonly<{ product: Product; movements: readonly StockMovement[] }>[]
  books: ReadonlyMap<string, Booking>
}>

/** Reads it all. */
export const snapshotOf = async ({ store, books }: OrderWorld): Promise<Snapshot> => {
  const products = await store.listProducts({ limit: 1000 })
  const withLog = products.map(async (product) => ({
    product,
    movements: await store.listMovements(product.id),
  }))
  const orders = await store.listOrders({ limit: 1000 })
  return { orders, products: await Promise.all(withLog), books: books() }
}

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
