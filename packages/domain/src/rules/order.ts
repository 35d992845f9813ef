import { err, ok, Result } from 'neverthrow'
import {
  type FieldError,
  type InvalidRequest,
  invalidRequest,
  isWithin,
} from './invalid-request.ts'
import type { Metadata } from './metadata.ts'
import { type AmountTooLarge, type Money, multiplyMoney, sumMoney } from './money.ts'
import type { HistoryAction, OrderState } from './order-lifecycle.ts'
import { checkQuantityLimits, type QuantityLimitExceeded } from './order-limits.ts'
import type { Payment } from './payment.ts'
import type { Product } from './product.ts'

/** What a customer asks for. */
export type RequestedLine = Readonly<{ productId: string; quantity: number }>

/** A line as it was sold: code, name and price are copied from the product when the lines are set. */
export type OrderLine = Readonly<{
  productId: string
  sku: string
  name: string
  quantity: number
  unitPrice: Money
  lineTotal: Money
}>

/** A line that stock could not meet. */
export type ShortLine = Readonly<{
  productId: string
  sku: string
  requested: number
  available: number
}>

/** Why an order is `ORDER_FAILED`. */
export type OrderFailure = Readonly<{
  code: 'insufficient_stock'
  detail: string
  lines: readonly ShortLine[]
}>

/** One row of an order's history. An edit has `from` equal to `to`. `actor` is a user's id, `cli` or `system`. */
export type HistoryEntry = Readonly<{
  seq: number
  from: OrderState | null
  to: OrderState
  action: HistoryAction
  actor: string
  reason: string | null
  paymentId: string | null
  at: number
}>

/**
 * A customer's purchase, with all that belongs to it. `version` counts its changes and equals the length of its
 * history; `state` is the `to` of the last entry. `clientReference` is the integrator's own number for it. `expiresAt`, which a
 * use case adds to what is stored, is until when it holds its stock unpaid; null where it holds none, or for ever. Times are
 * milliseconds since 1970 UTC.
 */
export type Order = Readonly<{
  id: string
  userId: string
  state: OrderState
  lines: readonly OrderLine[]
  total: Money
  version: number
  failure: OrderFailure | null
  allowDuplicate: boolean
  clientReference: string | null
  metadata: Metadata
  payments: readonly Payment[]
  history: readonly HistoryEntry[]
  createdAt: number
  updatedAt: number
  expiresAt?: number | null
}>

/** The order does not exist, or belongs to somebody else. */
export type OrderNotFound = Readonly<{ code: 'order_not_found'; detail: string }>

/** A line names a product that does not exist. */
export type UnknownProduct = Readonly<{
  code: 'unknown_product'
  detail: string
  errors: readonly FieldError[]
}>

/** What can be wrong with the lines of a request. */
export type LinesError = InvalidRequest | UnknownProduct | QuantityLimitExceeded | AmountTooLarge

/** Enough for a household or an office, and few enough to lock and price in one short transaction. */
export const MAX_LINES = 100

/** Above any real purchase; with 100 lines it keeps quantities far inside exact numbers. */
export const MAX_LINE_QUANTITY = 1_000_000

/** A sentence or two of the customer's; history is no letter box. */
export const MAX_REASON_LENGTH = 200

/** The faults that can be seen without knowing the products, or nothing where there are none. */
export const checkLines = (lines: readonly RequestedLine[]): InvalidRequest | undefined => {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    return invalidRequest([
      { pointer: '/lines', detail: `must have 1 to ${MAX_LINES} lines, not ${lines.length}.` },
    ])
  }
  const seen = new Set<string>()
  const errors = lines.flatMap(({ productId, quantity }, index): FieldError[] => {
    const twice = seen.has(productId)
    seen.add(productId)
    return [
      ...(twice
        ? [{ pointer: `/lines/${index}/productId`, detail: 'names a product for the second time.' }]
        : []),
      ...(isWithin(quantity, 1, MAX_LINE_QUANTITY)
        ? []
        : [
            {
              pointer: `/lines/${index}/quantity`,
              detail: `must be a whole number from 1 to ${MAX_LINE_QUANTITY}.`,
            },
          ]),
    ]
  })
  return errors.length > 0 ? invalidRequest(errors) : undefined
}

/**
 * The lines at the products' names and prices of this moment, and their total. One currency, no unknown product, and no
 * more of one than an order may have.
 */
export const priceLines = (
  requested: readonly RequestedLine[],
  products: ReadonlyMap<string, Product>,
): Result<Pick<Order, 'lines' | 'total'>, LinesError> => {
  const faulty =
    checkLines(requested) ??
    checkProducts(requested, products) ??
    checkQuantityLimits(requested, products)
  if (faulty) return err(faulty)
  return Result.combine(requested.map((line) => priceLine(line, products))).andThen((lines) =>
    sumMoney(
      lines.map(({ lineTotal }) => lineTotal),
      lines[0]?.lineTotal.currency ?? '',
    ).map((total) => ({ lines, total })),
  )
}

const checkProducts = (
  requested: readonly RequestedLine[],
  products: ReadonlyMap<string, Product>,
): InvalidRequest | UnknownProduct | undefined => {
  const unknown = requested.flatMap(({ productId }, index) =>
    products.has(productId)
      ? []
      : [{ pointer: `/lines/${index}/productId`, detail: `no product has the id ${productId}.` }],
  )
  if (unknown.length > 0) {
    return {
      code: 'unknown_product',
      detail: 'A line names a product that does not exist.',
      errors: unknown,
    }
  }
  const currencyOf = ({ productId }: RequestedLine) => products.get(productId)?.price.currency
  const first = requested[0] && currencyOf(requested[0])
  const foreign = requested.flatMap((line, index) =>
    currencyOf(line) === first
      ? []
      : [
          {
            pointer: `/lines/${index}/productId`,
            detail: `is priced in ${currencyOf(line)}, the first line in ${first}; an order has one currency.`,
          },
        ],
  )
  return foreign.length > 0 ? invalidRequest(foreign) : undefined
}

const priceLine = (
  { productId, quantity }: RequestedLine,
  products: ReadonlyMap<string, Product>,
): Result<OrderLine, AmountTooLarge> => {
  const product = products.get(productId)
  if (!product) throw new Error(`priceLines did not check ${productId}`)
  return multiplyMoney(product.price, quantity).andThen((lineTotal) =>
    ok({
      productId,
      sku: product.sku,
      name: product.name,
      quantity,
      unitPrice: product.price,
      lineTotal,
    }),
  )
}
