import type { Order } from './order.ts'

/** A day is enough for whoever means to pay; the stock of everybody else is free again. */
export const DEFAULT_ORDER_TTL_MS = 86_400_000

/** Why the system cancelled an order. */
export const EXPIRED = 'expired'

/**
 * Whether an order has held its stock unpaid for too long: it is `CREATED`, and has been since `ttlMs` ago. One that
 * failed at first counts from its retry, and an edit gains no time. With a `ttlMs` of 0 nothing expires.
 */
export const isExpired = ({ state, history }: Order, ttlMs: number, now: number): boolean => {
  const since = history.findLast(({ from, to }) => from !== to)?.at ?? now
  return state === 'CREATED' && ttlMs > 0 && since + ttlMs <= now
}
