import { err, ok, type ResultAsync } from 'neverthrow'
import type { Changes } from '../ports/store.ts'
import { actorOf, type Buyer, buyerOf, isBuyer } from '../rules/caller.ts'
import { aClientReference, refuseSameReference } from '../rules/client-reference.ts'
import { type DuplicateOrder, justPaidAfter, refuseDuplicate } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import { areMetadata, type Metadata } from '../rules/metadata.ts'
import { type LinesError, type Order, priceLines, type RequestedLine } from '../rules/order.ts'
import { recordCreation } from '../rules/order-lifecycle.ts'
import {
  refuseManyUnpaid,
  type TooManyUnpaidOrders,
  type UnpaidLimitReached,
} from '../rules/order-limits.ts'
import { flag, optional } from '../rules/request-shape.ts'
import { reserve, shortLines, stockFailure } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { areLines, checked, written } from './checked.ts'
import type { Ports, WriteRequest } from './request.ts'
import { namingTheOldest, wantedUnpaid } from './unpaid-limit.ts'
import { wantedForLines } from './wanted-for-lines.ts'

/**
 * An order to place for the user in `by`. `allowDuplicate` permits a second order of a basket that is open or just paid, but
 * nothing a second one with a `clientReference`.
 */
export type CreateOrder = WriteRequest &
  Readonly<{
    by: Buyer
    lines: readonly RequestedLine[]
    allowDuplicate?: boolean | undefined
    clientReference?: string | undefined
    metadata?: Metadata | undefined
  }>

/** Why an order is not placed at all. */
export type CreateOrderError =
  | LinesError
  | DuplicateOrder
  | TooManyUnpaidOrders
  | IdempotencyKeyReused

/**
 * Places an order and reserves its stock, all lines or none. If a line is short the order is stored as `ORDER_FAILED`,
 * with a `failure` that lists every short line: look at the state of what comes back.
 */
export const createOrder = ({
  store,
  clock,
  newId,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'newId' | 'settings'>) =>
  checked(shape, (request: CreateOrder): ResultAsync<Order, CreateOrderError> => {
    const { by, lines, allowDuplicate = false, clientReference, metadata = {} } = request
    const at = clock.now()
    const id = newId('ord')
    const userId = buyerOf(by)
    const paidAfter = allowDuplicate ? undefined : justPaidAfter(settings.duplicateWindowMs, at)
    const forLines = wantedForLines(lines, { userId, paidAfter })
    const wanted = forLines
      ? {
          ...{ ...forLines, ...wantedUnpaid(settings, userId) },
          ...(clientReference !== undefined && { reference: { userId, clientReference } }),
        }
      : {}

    const answer = answerOnce(
      { store, settings },
      request,
      at,
      wanted,
      (found): Attempt<Order, LinesError | DuplicateOrder | UnpaidLimitReached> => {
        const { products, sameBasket, sameReference, unpaid } = found
        const allowed = refuseSameReference(sameReference)
          .andThen(() => priceLines(lines, products))
          .andThrough(() => refuseDuplicate(sameBasket, allowDuplicate, at))
        if (allowed.isErr()) return { result: err(allowed.error) }

        const short = shortLines(lines, products)
        const within = refuseManyUnpaid(unpaid, settings.unpaidOrders)
        if (short.length === 0 && within.isErr()) return { result: err(within.error) }
        const order = recordCreation(
          {
            id,
            userId,
            state: short.length > 0 ? 'ORDER_FAILED' : 'CREATED',
            ...allowed.value,
            failure: short.length > 0 ? stockFailure(short) : null,
            allowDuplicate,
            clientReference: clientReference ?? null,
            metadata,
            payments: [],
            createdAt: at,
          },
          { actor: actorOf(by), at, reason: short.length > 0 ? 'insufficient_stock' : null },
        )
        const movements = short.length > 0 ? [] : reserve(order, { actor: actorOf(by), at })
        const changes: Changes = { order, movements }
        return { result: ok(order), changes }
      },
    )
    return namingTheOldest(store, settings, answer)
  })

const shape = {
  ...{ ...written, by: isBuyer, lines: areLines },
  allowDuplicate: optional(flag),
  clientReference: optional(aClientReference),
  metadata: optional(areMetadata),
}
