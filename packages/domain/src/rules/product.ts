import {
  type FieldError,
  type InvalidRequest,
  invalidRequest,
  isWithin,
} from './invalid-request.ts'
import { checkNewPrice, type Money, sameMoney } from './money.ts'
import { MAX_LINE_QUANTITY } from './order.ts'
import { isText } from './request-shape.ts'

/**
 * Something to sell. `quantity` is what is on hand, `reserved` the part of it that unpaid orders hold;
 * only stock movements change the two. An order may have at most `maxPerOrder` of it; null for no limit. `version` counts what
 * an admin has written, whatever orders do to the stock; `lastEdit` tells the edit that made this version from every other, and
 * is null for the first one. Times are milliseconds since 1970 UTC.
 */
export type Product = Readonly<{
  id: string
  sku: string
  name: string
  description: string
  price: Money
  quantity: number
  reserved: number
  maxPerOrder: number | null
  version: number
  lastEdit: string | null
  createdAt: number
  updatedAt: number
}>

/** What an admin decides about a product. */
export type ProductDetails = Pick<Product, 'sku' | 'name' | 'description' | 'price' | 'maxPerOrder'>

/** The product does not exist. */
export type ProductNotFound = Readonly<{ code: 'product_not_found'; detail: string }>

/** Another product has this code already. */
export type SkuTaken = Readonly<{ code: 'sku_taken'; detail: string; product: Product }>

/** The new quantity would be less than what orders hold. */
export type QuantityBelowReserved = Readonly<{
  code: 'quantity_below_reserved'
  detail: string
  product: Product
}>

/** The most of one product that can be on hand: far above any warehouse, far below what a double counts exactly. */
export const MAX_QUANTITY_ON_HAND = 1_000_000_000

/** A name fits on a line of a receipt. */
export const MAX_NAME_LENGTH = 200

/** A page of text. */
export const MAX_DESCRIPTION_LENGTH = 2000

/** Letters, digits, dot, dash and underscore: safe in a URL, in a shell, and before the `=` of `SKU=QUANTITY`. */
export const SKU_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** What is free to be ordered. */
export const available = ({ quantity, reserved }: Product): number => quantity - reserved

/**
 * The faults of details that a product is to have from `now` on (ms since 1970), none of which may be missing, or nothing
 * where there are none. The price that it has is not looked at: its currency may have been withdrawn since.
 */
export const checkProductDetails = (
  details: ProductDetails & Readonly<{ quantity: number }>,
  now: number,
  before?: Pick<Product, 'price'>,
): InvalidRequest | undefined => {
  const { sku, name, description, price, quantity, maxPerOrder } = details
  const errors: FieldError[] = []
  const expect = (holds: boolean, pointer: string, detail: string) => {
    if (!holds) errors.push({ pointer, detail })
  }
  expect(
    typeof sku === 'string' && SKU_PATTERN.test(sku),
    '/sku',
    'must be 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit.',
  )
  expect(
    isText(name, 1, MAX_NAME_LENGTH) && name.trim() !== '',
    '/name',
    `must have 1 to ${MAX_NAME_LENGTH} characters.`,
  )
  expect(
    isText(description, 0, MAX_DESCRIPTION_LENGTH),
    '/description',
    `must have at most ${MAX_DESCRIPTION_LENGTH} characters.`,
  )
  const isKept = before !== undefined && price && sameMoney(price, before.price)
  if (!isKept) errors.push(...checkNewPrice(price, '/price', now))
  expect(
    isWithin(quantity, 0, MAX_QUANTITY_ON_HAND),
    '/quantity',
    `must be a whole number from 0 to ${MAX_QUANTITY_ON_HAND}.`,
  )
  expect(
    maxPerOrder === null || isWithin(maxPerOrder, 1, MAX_LINE_QUANTITY),
    '/maxPerOrder',
    `must be a whole number from 1 to ${MAX_LINE_QUANTITY}, or null for no limit.`,
  )
  return errors.length > 0 ? invalidRequest(errors) : undefined
}
