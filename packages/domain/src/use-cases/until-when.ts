import type { Result } from 'neverthrow'
import type { Order } from '../rules/order.ts'
import { expiresAt } from '../rules/order-expiry.ts'

/** The order, and until when it holds its stock unpaid, where unpaid ones expire after `ttlMs`. */
export const untilWhen = (order: Order, ttlMs: number): Order => ({
  ...order,
  expiresAt: expiresAt(order, ttlMs),
})

/** An answer whose order, if it has or is one, says until when it holds its stock. */
export const sayUntilWhen = <T, E>(answer: Result<T, E>, ttlMs: number): Result<T, E> => {
  const say = <Value>(value: Value): Value => {
    if (isOrder(value)) return { ...value, ...untilWhen(value, ttlMs) }
    return hasOrder(value) ? { ...value, order: untilWhen(value.order, ttlMs) } : value
  }
  return answer.map(say).mapErr(say)
}

const isOrder = (value: unknown): value is Order =>
  typeof value === 'object' && value !== null && 'lines' in value && 'history' in value

const hasOrder = (value: unknown): value is Readonly<{ order: Order }> =>
  typeof value === 'object' && value !== null && 'order' in value && isOrder(value.order)
