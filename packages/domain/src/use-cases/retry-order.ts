import { err, ok, type ResultAsync } from 'neverthrow'
import { actorOf, userOf } from '../rules/caller.ts'
import { type DuplicateOrder, justPaidAfter, refuseReplaced } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import {
  type LinesError,
  type Order,
  type OrderNotFound,
  priceLines,
  type RequestedLine,
} from '../rules/order.ts'
import { type IllegalTransition, move, permit, recordEdit } from '../rules/order-lifecycle.ts'
import {
  refuseManyUnpaid,
  type TooManyUnpaidOrders,
  type UnpaidLimitReached,
} from '../rules/order-limits.ts'
import { anId, optional } from '../rules/request-shape.ts'
import { reserve, shortLines, stockFailure } from '../rules/reservation.ts'
import { refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { areLines, checked, conditional, written } from './checked.ts'
import { orderNotFound } from './get-order.ts'
import type { ConditionalRequest, Ports } from './request.ts'
import { namingTheOldest, wantedUnpaid } from './unpaid-limit.ts'
import { wantedForLines } from './wanted-for-lines.ts'

/** An order to try again; with `lines`, those instead of its own. */
export type RetryOrder = ConditionalRequest &
  Readonly<{ orderId: string; lines?: readonly RequestedLine[] | undefined }>

/** Why an order cannot be tried again. */
export type RetryOrderError =
  | OrderNotFound
  | VersionMismatch
  | IllegalTransition
  | LinesError
  | DuplicateOrder
  | TooManyUnpaidOrders
  | IdempotencyKeyReused

/**
 * Tries to reserve an `ORDER_FAILED` order once more, at today's prices, unless it was let go and replaced since. Still
 * short: it stays `ORDER_FAILED`, with a fresh `failure`, and with the lines of the request if it has any: look at the
 * state of what comes back.
 */
export const retryOrder = ({
  store,
  clock,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  checked(
    { ...written, ...conditional, orderId: anId, lines: optional(areLines) },
    (request: RetryOrder): ResultAsync<Order, RetryOrderError> => {
      const { by, orderId, expectedVersions, lines } = request
      const at = clock.now()
      const paidAfter = justPaidAfter(settings.duplicateWindowMs, at)
      const answer = answerOnce(
        { store, settings },
        request,
        at,
        {
          order: { orderId, userId: userOf(by) },
          ...wantedUnpaid(settings),
          ...(lines ? wantedForLines(lines, { paidAfter }) : { basket: { paidAfter } }),
        },
        (found): Attempt<Order, RetryOrderError | UnpaidLimitReached> => {
          const { order, products, sameBasket, unpaid } = found
          if (!order) return { result: err(orderNotFound(orderId)) }
          const wanted = lines ?? order.lines
          const allowed = refuseOtherVersion({ order }, expectedVersions)
            .andThen(() => permit(order, 'retryOrder'))
            .andThen(() => priceLines(wanted, products))
            .andThrough(() => refuseReplaced(order, sameBasket, at, wanted))
          if (allowed.isErr()) return { result: err(allowed.error) }

          const short = shortLines(wanted, products)
          const circumstances = { actor: actorOf(by), at }
          if (short.length > 0) {
            const failed = { ...order, ...allowed.value, failure: stockFailure(short) }
            const kept = recordEdit(failed, 'retryOrder', {
              ...circumstances,
              reason: 'insufficient_stock',
            })
            return { result: ok(kept), changes: { order: kept } }
          }
          const within = refuseManyUnpaid(unpaid, settings.unpaidOrders)
          if (within.isErr()) return { result: err(within.error) }
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
      return namingTheOldest(store, settings, answer)
    },
  )
