import { err, ok, type Result } from 'neverthrow'
import type { FieldError } from './invalid-request.ts'
import type { Order, RequestedLine } from './order.ts'
import { type UserAction, userActions } from './order-lifecycle.ts'
import type { Product } from './product.ts'

/** A line asks for more of a product than one order may have. */
export type QuantityLimitExceeded = Readonly<{
  code: 'quantity_limit_exceeded'
  detail: string
  errors: readonly FieldError[]
}>

/** The refusal that names every line which asks for more than its product's `maxPerOrder`, or nothing where none does. */
export const checkQuantityLimits = (
  requested: readonly RequestedLine[],
  products: ReadonlyMap<string, Product>,
): QuantityLimitExceeded | undefined => {
  const errors = requested.flatMap(({ productId, quantity }, index) => {
    const { sku, maxPerOrder } = products.get(productId) ?? { maxPerOrder: null }
    return maxPerOrder === null || quantity <= maxPerOrder
      ? []
      : [
          {
            pointer: `/lines/${index}/quantity`,
            detail: `must be at most ${maxPerOrder}: an order may have no more of ${sku}.`,
          },
        ]
  })
  return errors.length > 0
    ? {
        code: 'quantity_limit_exceeded',
        detail: 'A line asks for more of a product than one order may have.',
        errors,
      }
    : undefined
}

/** Whose unpaid orders are wanted, and no more than so many of them. */
export type UnpaidRef = Readonly<{ userId?: string | undefined; atMost: number }>

/** The user's unpaid orders hold as much stock as they may: the oldest of them is given, with what can be done with it. */
export type TooManyUnpaidOrders = Readonly<{
  code: 'too_many_unpaid_orders'
  detail: string
  retryAfterMs: number
  order: Order
  allowed: readonly UserAction[]
}>

/** The same, before the oldest of them is looked up: only who is refused needs to see it. */
export type UnpaidLimitReached = Readonly<{ code: TooManyUnpaidOrders['code']; oldestId: string }>

/** Above what a customer keeps open by chance, far below what empties a shop for nothing (OWASP OAT-021). */
export const DEFAULT_UNPAID_ORDERS = 20

/** Nobody knows when the user will pay or cancel: about as long as either takes them, so that a client asks seldom. */
const RETRY_AFTER_MS = 60_000

/**
 * Refuses to hold stock with one more order, where as many unpaid ones hold some as may. `unpaid` are their ids, the oldest
 * first. Only what would begin to hold stock is refused: an order that is short holds none.
 */
export const refuseManyUnpaid = (
  unpaid: readonly string[],
  limit: number,
): Result<void, UnpaidLimitReached> => {
  const [oldestId] = unpaid
  return oldestId === undefined || unpaid.length < limit
    ? ok(undefined)
    : err({ code: 'too_many_unpaid_orders', oldestId })
}

/** The refusal that names the oldest of them. */
export const tooManyUnpaidOrders = (oldest: Order, limit: number): TooManyUnpaidOrders => ({
  code: 'too_many_unpaid_orders',
  detail: `At most ${limit} unpaid orders of a user hold stock at once. The oldest of them is ${oldest.id}.`,
  retryAfterMs: RETRY_AFTER_MS,
  order: oldest,
  allowed: userActions[oldest.state],
})
