import { isLetGo } from './duplicate-order.ts'
import type { Order } from './order.ts'
import type { OrderState } from './order-lifecycle.ts'

/** A day is enough for whoever means to pay; the stock of everybody else is free again. */
export const DEFAULT_ORDER_TTL_MS = 86_400_000

/** Why the system cancelled an order, or let it go. */
export const EXPIRED = 'expired'

/**
 * Whether an order has held its stock unpaid for too long: it is `CREATED`, and has been since `ttlMs` ago. One that
 * failed at first counts from its retry, and an edit gains no time. With a `ttlMs` of 0 nothing expires.
 */
export const isExpired = ({ state, history }: Order, ttlMs: number, now: number): boolean => {
  const since = history.findLast(({ from, to }) => from !== to)?.at ?? now
  return state === 'CREATED' && ttlMs > 0 && since + ttlMs <= now
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
