import { err, ok, okAsync, ResultAsync } from 'neverthrow'
import { actorOf, userOf } from '../rules/caller.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { Order, OrderNotFound } from '../rules/order.ts'
import { type IllegalTransition, move, permit } from '../rules/order-lifecycle.ts'
import { type Payment, pendingPayment } from '../rules/payment.ts'
import { anId, optional } from '../rules/request-shape.ts'
import { release } from '../rules/reservation.ts'
import { isThisCancellation, refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { aReason, checked, conditional, written } from './checked.ts'
import { findOut } from './find-out.ts'
import { orderNotFound } from './get-order.ts'
import type { ConditionalRequest, TrustedPorts } from './request.ts'

/** An order to cancel, and perhaps why. */
export type CancelOrder = ConditionalRequest &
  Readonly<{ orderId: string; reason?: string | undefined }>

/** Why an order cannot be cancelled. */
export type CancelOrderError =
  | OrderNotFound
  | VersionMismatch
  | IllegalTransition
  | IdempotencyKeyReused

/** Either the order, cancelled, or the attempt that must be asked about before the order can be refused. */
type Cancellation = Readonly<{ order: Order; askFirst?: Payment }>

/**
 * Cancels a `CREATED` order and releases its stock. A cancelled order stays as it is: repeating is harmless, also with the
 * version that the first request expected. Before an order is refused because it is being paid, the gateway is asked: the
 * refusal then tells how things stand.
 */
export const cancelOrder = (ports: TrustedPorts) =>
  checked(
    { ...written, ...conditional, orderId: anId, reason: optional(aReason) },
    (request: CancelOrder): ResultAsync<Order, CancelOrderError> =>
      tryCancel(ports, request, false).andThen(({ order, askFirst }) => {
        if (!askFirst) return okAsync(order)
        return ResultAsync.fromSafePromise(findOut(ports, askFirst, actorOf(request.by)))
          .andThen(() => tryCancel(ports, request, true))
          .map((cancelled) => cancelled.order)
      }),
  )

const tryCancel = (
  { store, clock, settings }: Pick<TrustedPorts, 'store' | 'clock' | 'settings'>,
  request: CancelOrder,
  hasAsked: boolean,
): ResultAsync<Cancellation, CancelOrderError> => {
  const { by, orderId, reason = null, expectedVersions } = request
  const at = clock.now()
  return answerOnce(
    { store, settings },
    request,
    at,
    { order: { orderId, userId: userOf(by) } },
    ({ order }): Attempt<Cancellation, CancelOrderError> => {
      if (!order) return { result: err(orderNotFound(orderId)) }
      // The gateway may have moved it since it was asked for this request: that makes it no other than the user saw.
      const isExpected = hasAsked || isThisCancellation(order, actorOf(by), expectedVersions)
      const mismatch = refuseOtherVersion({ order }, isExpected ? undefined : expectedVersions)
      if (mismatch.isErr()) return { result: err(mismatch.error) }
      if (order.state === 'ORDER_CANCELLED') return { result: ok({ order }) }
      const pending = pendingPayment(order.payments)
      if (pending && !hasAsked) {
        return { result: ok({ order, askFirst: pending }), interim: true }
      }
      const allowed = permit(order, 'cancel')
      if (allowed.isErr()) return { result: err(allowed.error) }

      const circumstances = { actor: actorOf(by), at, reason }
      const cancelled = move(order, 'cancel', circumstances)
      return {
        result: ok({ order: cancelled }),
        changes: { order: cancelled, movements: release(order, circumstances) },
      }
    },
  )
}
