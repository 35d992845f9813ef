import { err, ok, type Result } from 'neverthrow'
import { type DuplicateOrder, refuseReplaced } from './duplicate-order.ts'
import { type LinesError, type Order, priceLines, type RequestedLine } from './order.ts'
import {
  type Circumstances,
  type IllegalTransition,
  permit,
  recordEdit,
} from './order-lifecycle.ts'
import type { Product } from './product.ts'
import {
  exchange,
  HOLDS_STOCK,
  type InsufficientStock,
  insufficientStock,
  type StockMovement,
  shortLines,
} from './reservation.ts'

/** Why an order keeps its lines. */
export type ModificationRefused =
  | IllegalTransition
  | LinesError
  | DuplicateOrder
  | InsufficientStock

/** What an edit needs to know of the world. */
type Surroundings = Readonly<{
  products: ReadonlyMap<string, Product>
  sameBasket: Order | undefined
}>

/**
 * The order with other lines, at today's prices, in the state that it has. A `CREATED` order exchanges its
 * reservation; a `PAYMENT_FAILED` one reserves nothing, but its lines must be such as stock could meet now. `freed` is
 * what the order gives up in this same transaction; the movements have that too.
 */
export const replaceLines = (
  order: Order,
  requested: readonly RequestedLine[],
  { products, sameBasket }: Surroundings,
  circumstances: Circumstances,
  freed: Order['lines'] = [],
): Result<Readonly<{ order: Order; movements: readonly StockMovement[] }>, ModificationRefused> =>
  permit(order, 'modify')
    .andThen(() => priceLines(requested, products))
    .andThrough(() => refuseReplaced(order, sameBasket, circumstances.at, requested))
    .andThen((priced) => {
      const held = HOLDS_STOCK.includes(order.state) ? order.lines : []
      const short = shortLines(requested, products, [...held, ...freed])
      if (short.length > 0) return err(insufficientStock(order, short))
      const edited = recordEdit({ ...order, ...priced }, 'modify', circumstances)
      const holds = held.length > 0 ? edited.lines : []
      const movements = exchange(order.id, [...held, ...freed], holds, circumstances)
      return ok({ order: edited, movements })
    })
