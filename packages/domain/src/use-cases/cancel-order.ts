import { err, ok, type ResultAsync } from 'neverthrow'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { Order, OrderNotFound } from '../rules/order.ts'
import { type IllegalTransition, move, permit } from '../rules/order-lifecycle.ts'
import { release } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { orderNotFound } from './get-order.ts'
import type { Ports, WriteRequest } from './request.ts'

/** An order to cancel. */
export type CancelOrder = WriteRequest & Readonly<{ orderId: string }>

/** Why an order cannot be cancelled. */
export type CancelOrderError = OrderNotFound | IllegalTransition | IdempotencyKeyReused

/** Cancels a `CREATED` order and releases its stock. A cancelled order stays as it is: repeating is harmless. */
export const cancelOrder =
  ({ store, clock }: Pick<Ports, 'store' | 'clock'>) =>
  (request: CancelOrder): ResultAsync<Order, CancelOrderError> => {
    const { by, orderId } = request
    const at = clock.now()
    return answerOnce(
      store,
      request,
      at,
      { order: { orderId, userId: by.userId } },
      ({ order }): Attempt<Order, CancelOrderError> => {
        if (!order) return { result: err(orderNotFound(orderId)) }
        if (order.state === 'ORDER_CANCELLED') return { result: ok(order) }
        const allowed = permit(order, 'cancel')
        if (allowed.isErr()) return { result: err(allowed.error) }

        const circumstances = { actor: by.actor, at }
        const cancelled = move(order, 'cancel', circumstances)
        return {
          result: ok(cancelled),
          changes: { order: cancelled, movements: release(order, circumstances) },
        }
      },
    )
  }
