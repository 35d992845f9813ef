import { isLetGo } from './duplicate-order.ts'
import type { Order } from './order.ts'
import type { OrderState } from './order-lifecycle.ts'
import { pendingPayment } from './payment.ts'

/** A day is enough for whoever means to pay; the stock of everybody else is free again. */
export const DEFAULT_ORDER_TTL_MS = 86_400_000

/** Why the system cancelled an order, or let it go. */
export const EXPIRED = 'expired'

/**
 * Until when an order holds its stock unpaid; null where it holds none, or for ever. `CREATED`, for `ttlMs`: one that failed
 * at first counts from its retry, and an edit gains no time; with a `ttlMs` of 0 for ever. While a payment is under way, until
 * its deadline, and then until the gateway can be asked.
 */
export const expiresAt = (order: Order, ttlMs: number): number | null => {
  if (order.state === 'PAYMENT_IN_PROGRESS')
    return pendingPayment(order.payments)?.deadlineAt ?? null
  const since = order.history.findLast(({ from, to }) => from !== to)?.at
  return order.state === 'CREATED' && since !== undefined && ttlMs > 0 ? since + ttlMs : null
}

/** Whether an order has held its stock unpaid for too long. One whose payment is under way has not, however long that takes. */
export const isExpired = (order: Order, ttlMs: number, now: number): boolean => {
  const at = order.state === 'CREATED' ? expiresAt(order, ttlMs) : null
  return at !== null && at <= now
}

/** The states of failure, from which an order can be retried. */
export const FAILED_STATES = ['ORDER_FAILED', 'PAYMENT_FAILED'] as const satisfies OrderState[]

/** Names the first orders in one of them that have not changed since a time in ms since 1970. */
export type GivenUpPage = Readonly<{
  state: (typeof FAILED_STATES)[number]
  changedBefore: number
  limit: number
}>

/**
 * Whether an order has failed for so long that it shall stand in nobody's way any more: nothing has been done with it for
 * `ttlMs`. Its state stays, and it can be retried. With a `ttlMs` of 0 it is never let go.
 */
export const isGivenUp = (order: Order, ttlMs: number, now: number): boolean =>
  FAILED_STATES.some((state) => state === order.state) &&
  !isLetGo(order) &&
  ttlMs > 0 &&
  order.updatedAt + ttlMs <= now
