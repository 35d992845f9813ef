import type { Store } from '../ports/store.ts'
import type { Money } from '../rules/money.ts'
import type { Order } from '../rules/order.ts'
import type { Product } from '../rules/product.ts'
import type { StockMovement } from '../rules/reservation.ts'

/** What a gateway's books say of a key: how often it took this amount, and how often it gave it back. */
export type Booking = Readonly<{ captures: number; refunds: number; amount: Money | null }>

/** What the gateway booked under every key that it ever saw. */
export type Books = ReadonlyMap<string, Booking>

/** All that the store and the gateway's books hold, read while nothing runs. */
export type Snapshot = Readonly<{
  orders: readonly Order[]
  products: readonly Readonly<{ product: Product; movements: readonly StockMovement[] }>[]
  books: Books
}>

/** Reads it all, orders and products newest first. */
export const snapshotOf = async ({
  store,
  books,
}: Readonly<{ store: Store; books: () => Books }>): Promise<Snapshot> => {
  const products = await store.listProducts({ limit: 1000 })
  const withLog = products.map(async (product) => ({
    product,
    movements: await store.listMovements(product.id),
  }))
  const orders = await store.listOrders({ limit: 1000 })
  return { orders, products: await Promise.all(withLog), books: books() }
}
