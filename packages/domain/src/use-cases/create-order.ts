import { err, ok, type ResultAsync } from 'neverthrow'
import type { Changes } from '../ports/store.ts'
import { actorOf, type Buyer, buyerOf, isBuyer } from '../rules/caller.ts'
import {
  basketFingerprint,
  type DuplicateOrder,
  justPaidAfter,
  refuseDuplicate,
} from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import {
  checkLines,
  type LinesError,
  type Order,
  priceLines,
  type RequestedLine,
} from '../rules/order.ts'
import { recordCreation } from '../rules/order-lifecycle.ts'
import { flag, optional } from '../rules/request-shape.ts'
import { reserve, shortLines, stockFailure } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { areLines, checked, written } from './checked.ts'
import type { Ports, WriteRequest } from './request.ts'

/** An order to place for the user in `by`. `allowDuplicate` permits a second order of a basket that is open or just paid. */
export type CreateOrder = WriteRequest &
  Readonly<{
    by: Buyer
    lines: readonly RequestedLine[]
    allowDuplicate?: boolean | undefined
  }>

/** Why an order is not placed at all. */
export type CreateOrderError = LinesError | DuplicateOrder | IdempotencyKeyReused

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
    const { by, lines, allowDuplicate = false } = request
    const at = clock.now()
    const id = newId('ord')
    const wanted = checkLines(lines)
      ? {} // The decision refuses these lines unseen, however many products they name.
      : {
          productIds: lines.map(({ productId }) => productId),
          basket: {
            userId: buyerOf(by),
            fingerprint: basketFingerprint(lines),
            paidAfter: allowDuplicate ? undefined : justPaidAfter(settings.duplicateWindowMs, at),
          },
        }

    return answerOnce(
      store,
      request,
      at,
      wanted,
      ({ products, sameBasket }): Attempt<Order, CreateOrderError> => {
        const allowed = priceLines(lines, products).andThrough(() =>
          refuseDuplicate(sameBasket, allowDuplicate, at),
        )
        if (allowed.isErr()) return { result: err(allowed.error) }

        const short = shortLines(lines, products)
        const order = recordCreation(
          {
            id,
            userId: buyerOf(by),
            state: short.length > 0 ? 'ORDER_FAILED' : 'CREATED',
            ...allowed.value,
            failure: short.length > 0 ? stockFailure(short) : null,
            allowDuplicate,
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
  })

const shape = { ...written, by: isBuyer, lines: areLines, allowDuplicate: optional(flag) }
