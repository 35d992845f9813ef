import { err, ok, okAsync, ResultAsync } from 'neverthrow'
import { actorOf, userOf } from '../rules/caller.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { Order, OrderNotFound } from '../rules/order.ts'
import { type IllegalTransition, move, permit } from '../rules/order-lifecycle.ts'
import { type Payment, pendingPayment } from '../rules/payment.ts'
import { anId } from '../rules/request-shape.ts'
import { release } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { checked, written } from './checked.ts'
import { findOut } from './find-out.ts'
import { orderNotFound } from './get-order.ts'
import type { TrustedPorts, WriteRequest } from './request.ts'

/** An order to cancel. */
export type CancelOrder = WriteRequest & Readonly<{ orderId: string }>

/** Why an order cannot be cancelled. */
export type CancelOrderError = OrderNotFound | IllegalTransition | IdempotencyKeyReused

/** Either the order, cancelled, or the attempt that must be asked about before the order can be refused. */
type Cancellation = Readonly<{ order: Order; askFirst?: Payment }>

/**
 * Cancels a `CREATED` order and releases its stock. A cancelled order stays as it is: repeating is harmless. Before an
 * order is refused because it is being paid, the gateway is asked: the refusal then tells how things stand.
 */
export const cancelOrder = (ports: TrustedPorts) =>
  checked(
    { ...written, orderId: anId },
    (request: CancelOrder): ResultAsync<Order, CancelOrderError> =>
      tryCancel(ports, request, false).andThen(({ order, askFirst }) => {
        if (!askFirst) return okAsync(order)
        return ResultAsync.fromSafePromise(findOut(ports, askFirst, actorOf(request.by)))
          .andThen(() => tryCancel(ports, request, true))
          .map((cancelled) => cancelled.order)
      }),
  )

const tryCancel = (
  { store, clock }: Pick<TrustedPorts, 'store' | 'clock'>,
  request: CancelOrder,
  hasAsked: boolean,
): ResultAsync<Cancellation, CancelOrderError> => {
  const { by, orderId } = request
  const at = clock.now()
  return answerOnce(
    store,
    request,
    at,
    { order: { orderId, userId: userOf(by) } },
    ({ order }): Attempt<Cancellation, CancelOrderError> => {
      if (!order) return { result: err(orderNotFound(orderId)) }
      if (order.state === 'ORDER_CANCELLED') return { result: ok({ order }) }
      const pending = pendingPayment(order.payments)
      if (pending && !hasAsked) {
        return { result: ok({ order, askFirst: pending }), interim: true }
      }
      const allowed = permit(order, 'cancel')
      if (allowed.isErr()) return { result: err(allowed.error) }

      const circumstances = { actor: actorOf(by), at }
      const cancelled = move(order, 'cancel', circumstances)
      return {
        result: ok({ order: cancelled }),
        changes: { order: cancelled, movements: release(order, circumstances) },
      }
    },
  )
}
