import type { Order, OrderFailure, OrderLine, RequestedLine, ShortLine } from './order.ts'
import type { OrderState } from './order-lifecycle.ts'
import { available, type Product } from './product.ts'

/** Why stock changed: an admin set it, or an order held, freed or took it. */
export type StockMovementKind = 'set' | 'reserve' | 'release' | 'deduct'

/**
 * One change of one product's stock, and one row of its log. The store applies it as a single conditional update that
 * keeps 0 <= reserved <= quantity. `at` is milliseconds since 1970 UTC.
 */
export type StockMovement = Readonly<{
  productId: string
  kind: StockMovementKind
  quantityDelta: number
  reservedDelta: number
  orderId: string | null
  actor: string
  at: number
}>

/** Stock cannot meet these lines; the order keeps those that it has. */
export type InsufficientStock = Readonly<{
  code: 'insufficient_stock'
  detail: string
  lines: readonly ShortLine[]
  order: Order
}>

/** The states in which an order's lines are reserved, and nobody has paid for them. */
export const HOLDS_STOCK: readonly OrderState[] = ['CREATED', 'PAYMENT_IN_PROGRESS']

/** Who moves the stock, and when. */
type Mover = Readonly<{ actor: string; at: number }>

/** The lines that stock cannot meet. What `held` already reserves counts as available: it would be given up for them. */
export const shortLines = (
  requested: readonly RequestedLine[],
  products: ReadonlyMap<string, Product>,
  held: readonly OrderLine[] = [],
): readonly ShortLine[] =>
  requested.flatMap(({ productId, quantity }) => {
    const product = products.get(productId)
    const free = product ? available(product) + quantityOf(held, productId) : 0
    return free >= quantity
      ? []
      : [{ productId, sku: product?.sku ?? '', requested: quantity, available: free }]
  })

/** What an order that could not be accepted remembers. */
export const stockFailure = (lines: readonly ShortLine[]): OrderFailure => ({
  code: 'insufficient_stock',
  detail: describeShortage(lines),
  lines,
})

/** The refusal of a change to `order` that stock cannot meet. */
export const insufficientStock = (
  order: Order,
  lines: readonly ShortLine[],
): InsufficientStock => ({ ...stockFailure(lines), order })

/** Holds the stock of every line of an order. */
export const reserve = (order: Order, mover: Mover): readonly StockMovement[] =>
  exchange(order.id, [], order.lines, mover)

/** Gives back the stock that an order held. */
export const release = (order: Order, mover: Mover): readonly StockMovement[] =>
  exchange(order.id, order.lines, [], mover)

/** Takes the stock that a paid order held. */
export const deduct = (order: Order, mover: Mover): readonly StockMovement[] =>
  order.lines.map(({ productId, quantity }) => ({
    productId,
    kind: 'deduct',
    quantityDelta: -quantity,
    reservedDelta: -quantity,
    orderId: order.id,
    ...by(mover),
  }))

/** Puts goods on hand, or takes them away: an admin's doing. */
export const setStock = (
  productId: string,
  quantityDelta: number,
  mover: Mover,
): StockMovement => ({
  productId,
  kind: 'set',
  quantityDelta,
  reservedDelta: 0,
  orderId: null,
  ...by(mover),
})

/** Reserves and releases just the difference between the lines that an order held and those that it holds now. */
export const exchange = (
  orderId: string,
  before: readonly OrderLine[],
  after: readonly OrderLine[],
  mover: Mover,
): readonly StockMovement[] =>
  [...new Set([...before, ...after].map(({ productId }) => productId))].flatMap((productId) => {
    const difference = quantityOf(after, productId) - quantityOf(before, productId)
    if (difference === 0) return []
    const kind: StockMovementKind = difference > 0 ? 'reserve' : 'release'
    return [{ productId, kind, quantityDelta: 0, reservedDelta: difference, orderId, ...by(mover) }]
  })

/** Nothing else of the circumstances belongs into the log. */
const by = ({ actor, at }: Mover): Mover => ({ actor, at })

const quantityOf = (lines: readonly OrderLine[], productId: string): number =>
  lines.find((line) => line.productId === productId)?.quantity ?? 0

const describeShortage = (lines: readonly ShortLine[]): string =>
  lines
    .map((line) => `${line.sku}: ${line.requested} requested, ${line.available} available.`)
    .join(' ')
