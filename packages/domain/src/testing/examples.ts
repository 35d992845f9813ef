import type { Store } from '../ports/store.ts'
import { basketFingerprint } from '../rules/duplicate-order.ts'
import type { Order, RequestedLine } from '../rules/order.ts'
import { priceLines } from '../rules/order.ts'
import { move, recordCreation } from '../rules/order-lifecycle.ts'
import { newAttempt } from '../rules/payment-claim.ts'
import type { Product } from '../rules/product.ts'
import { reserve, setStock } from '../rules/reservation.ts'

/** The moment at which the examples happen, in ms since 1970. */
export const NOON = Date.UTC(2026, 0, 15, 12)

const system = { actor: 'system', at: NOON }

/** A product that costs 12.99 EUR. Its id is made from its code. */
export const aProduct = (sku: string, changes: Partial<Product> = {}): Product => ({
  id: `prod_${sku}`,
  sku,
  name: `A ${sku}`,
  description: '',
  price: { amountMinor: 1299, currency: 'EUR' },
  quantity: 0,
  reserved: 0,
  maxPerOrder: null,
  version: 1,
  lastEdit: null,
  createdAt: NOON,
  updatedAt: NOON,
  ...changes,
})

/** Puts products into a store, so many of each code, and gives them back. */
export const stocked = async (
  store: Store,
  quantities: Readonly<Record<string, number>>,
): Promise<ReadonlyMap<string, Product>> => {
  const products = Object.entries(quantities).map(([sku, quantity]) => aProduct(sku, { quantity }))
  for (const product of products) {
    await store.transaction({}, () => ({
      value: undefined,
      changes: { product, movements: [setStock(product.id, product.quantity, system)] },
    }))
  }
  return new Map(products.map((product) => [product.id, product]))
}

/** A `CREATED` order of ann's for a mug, or with other things. */
export const anOrder = (
  id: string,
  quantities: Readonly<Record<string, number>> = { mug: 1 },
  changes: Partial<Pick<Order, 'userId' | 'allowDuplicate' | 'clientReference' | 'metadata'>> = {},
): Order => {
  const lines = linesOf(quantities)
  const products = new Map(Object.keys(quantities).map((sku) => [`prod_${sku}`, aProduct(sku)]))
  const priced = priceLines(lines, products)._unsafeUnwrap()
  return recordCreation(
    {
      id,
      userId: 'ann',
      state: 'CREATED',
      ...priced,
      failure: null,
      allowDuplicate: false,
      clientReference: null,
      metadata: {},
      payments: [],
      createdAt: NOON,
      ...changes,
    },
    system,
  )
}

/** Lines for products by the codes of `aProduct`. */
export const linesOf = (quantities: Readonly<Record<string, number>>): RequestedLine[] =>
  Object.entries(quantities).map(([sku, quantity]) => ({ productId: `prod_${sku}`, quantity }))

/** The fingerprint of a basket, by codes. */
export const basketOf = (quantities: Readonly<Record<string, number>>): string =>
  basketFingerprint(linesOf(quantities))

/** Puts a new order into a store, its stock reserved. */
export const placed = async (store: Store, order: Order): Promise<Order> => {
  await store.transaction({}, () => ({
    value: undefined,
    changes: { order, movements: reserve(order, system) },
  }))
  return order
}

/** The order with a payment under way that was claimed at noon. */
export const paying = (order: Order, paymentId: string): Order => {
  const moved = move(order, 'startPayment', { ...system, paymentId })
  const attempt = {
    ...{ id: paymentId, paymentMethod: 'fake_approve', gatewayId: 'gw_1' },
    deadlineMs: 180_000,
  }
  return { ...moved, payments: [...order.payments, newAttempt(moved, attempt)] }
}

/** Writes a later version of an order that is in a store. */
export const saved = async (store: Store, order: Order): Promise<Order> => {
  await store.transaction({ order: { orderId: order.id } }, () => ({
    value: undefined,
    changes: { order },
  }))
  return order
}
