import { err, ok, type ResultAsync } from 'neverthrow'
import { actorOf, userOf } from '../rules/caller.ts'
import { type DuplicateOrder, justPaidAfter, refuseReplaced } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import { type LinesError, type Order, type OrderNotFound, priceLines } from '../rules/order.ts'
import { type IllegalTransition, move, permit, recordEdit } from '../rules/order-lifecycle.ts'
import { anId } from '../rules/request-shape.ts'
import { reserve, shortLines, stockFailure } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { checked, written } from './checked.ts'
import { orderNotFound } from './get-order.ts'
import type { Ports, WriteRequest } from './request.ts'

/** An order to try again. */
export type RetryOrder = WriteRequest & Readonly<{ orderId: string }>

/** Why an order cannot be tried again. */
export type RetryOrderError =
  | OrderNotFound
  | IllegalTransition
  | DuplicateOrder
  | LinesError
  | IdempotencyKeyReused

/**
 * Tries to reserve an `ORDER_FAILED` order once more, at today's prices, unless it was let go and replaced since. Still
 * short: it stays `ORDER_FAILED`, with a fresh `failure`; look at the state of what comes back.
 */
export const retryOrder = ({
  store,
  clock,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  checked(
    { ...written, orderId: anId },
    (request: RetryOrder): ResultAsync<Order, RetryOrderError> => {
      const { by, orderId } = request
      const at = clock.now()
      return answerOnce(
        store,
        request,
        at,
        {
          order: { orderId, userId: userOf(by) },
          basket: { paidAfter: justPaidAfter(settings.duplicateWindowMs, at) },
        },
        ({ order, products, sameBasket }): Attempt<Order, RetryOrderError> => {
          if (!order) return { result: err(orderNotFound(orderId)) }
          const allowed = permit(order, 'retryOrder')
            .andThen(() => refuseReplaced(order, sameBasket, at))
            .andThen(() => priceLines(order.lines, products))
          if (allowed.isErr()) return { result: err(allowed.error) }

          const short = shortLines(order.lines, products)
          const circumstances = { actor: actorOf(by), at }
          if (short.length > 0) {
            const failed = { ...order, ...allowed.value, failure: stockFailure(short) }
            const kept = recordEdit(failed, 'retryOrder', {
              ...circumstances,
              reason: 'insufficient_stock',
            })
            return { result: ok(kept), changes: { order: kept } }
          }
          const created = move(
            { ...order, ...allowed.value, failure: null },
            'retryOrder',
            circumstances,
          )
          return {
            result: ok(created),
            changes: { order: created, movements: reserve(created, circumstances) },
          }
        },
      )
    },
  )
