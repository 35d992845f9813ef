import { createHash } from 'node:crypto'
import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Found } from '../ports/store.ts'
import { actorOf } from '../rules/caller.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import { type InvalidRequest, invalidRequest } from '../rules/invalid-request.ts'
import {
  checkProductDetails,
  type Product,
  type ProductDetails,
  type ProductNotFound,
  type QuantityBelowReserved,
  type SkuTaken,
} from '../rules/product.ts'
import {
  anId,
  anything,
  listOf,
  optional,
  something,
  text,
  wholeNumber,
} from '../rules/request-shape.ts'
import { setStock } from '../rules/reservation.ts'
import { refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { checked, written } from './checked.ts'
import { skuTaken } from './create-product.ts'
import { productNotFound } from './products.ts'
import type { Ports, WriteRequest } from './request.ts'

/**
 * Changes to a product; what is left out stays. Stock is set by `quantity` or changed by a signed `quantityDelta`.
 * `expectedVersions`, when given, lists the versions that the admin may have seen; a product that this very change has
 * made of one of them is given as it is.
 */
export type UpdateProduct = WriteRequest &
  Readonly<{ [Detail in keyof ProductDetails]?: ProductDetails[Detail] | undefined }> &
  Readonly<{
    productId: string
    quantity?: number | undefined
    quantityDelta?: number | undefined
    expectedVersions?: readonly number[] | undefined
  }>

/** Why a product stays as it is. */
export type UpdateProductError =
  | InvalidRequest
  | ProductNotFound
  | VersionMismatch
  | SkuTaken
  | QuantityBelowReserved
  | IdempotencyKeyReused

/** Changes a product. Orders that were placed keep the name and price that they were placed at. */
export const updateProduct = ({
  store,
  clock,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  checked(shape, (request: UpdateProduct): ResultAsync<Product, UpdateProductError> => {
    const { by, productId, sku } = request
    const at = clock.now()
    return answerOnce(
      { store, settings },
      request,
      at,
      { changedProductId: productId, sku },
      (found): Attempt<Product, UpdateProductError> => {
        const before = found.products.get(productId)
        if (!before) return { result: err(productNotFound({ id: productId })) }
        const mismatch = refuseOtherVersion({ product: before }, request.expectedVersions)
        if (mismatch.isErr()) {
          const isMade =
            request.expectedVersions?.includes(before.version - 1) &&
            before.lastEdit === editOf(request)
          return { result: isMade ? ok(before) : err(mismatch.error) }
        }
        const updated = update(before, request, found, at)
        if (updated.isErr()) return { result: err(updated.error) }
        const product = updated.value
        const change = product.quantity - before.quantity
        const movements =
          change === 0 ? [] : [setStock(productId, change, { actor: actorOf(by), at })]
        return { result: ok(product), changes: { product, movements } }
      },
    )
  })

const shape = {
  ...written,
  productId: anId,
  sku: optional(text(0)),
  name: optional(something),
  description: optional(something),
  price: optional(something),
  quantity: optional(something),
  quantityDelta: optional(something),
  maxPerOrder: anything,
  expectedVersions: optional(listOf(wholeNumber(1))),
}

const update = (
  before: Product,
  request: UpdateProduct,
  { productBySku }: Found,
  at: number,
): Result<Product, UpdateProductError> => {
  const { quantity, quantityDelta } = request
  if (quantity !== undefined && quantityDelta !== undefined) {
    const detail = 'must not come together with quantity: set it or change it.'
    return err(invalidRequest([{ pointer: '/quantityDelta', detail }]))
  }
  const after: Product = {
    ...before,
    sku: request.sku ?? before.sku,
    name: request.name ?? before.name,
    description: request.description ?? before.description,
    price: request.price ?? before.price,
    quantity: quantity ?? before.quantity + (quantityDelta ?? 0),
    maxPerOrder: request.maxPerOrder === undefined ? before.maxPerOrder : request.maxPerOrder,
    version: before.version + 1,
    lastEdit: editOf(request),
    updatedAt: at,
  }
  if (quantityDelta !== undefined && after.quantity < before.reserved) {
    return err(quantityBelowReserved(before, after.quantity))
  }
  const invalid = checkProductDetails(after, at, before)
  if (invalid) return err(quantityDelta === undefined ? invalid : pointAtDelta(invalid))
  if (productBySku && productBySku.id !== before.id) return err(skuTaken(productBySku))
  return after.quantity < before.reserved
    ? err(quantityBelowReserved(before, after.quantity))
    : ok(after)
}

/** Who asks for which changes, as 64 hexadecimal digits. */
const editOf = ({ by, price, ...changes }: UpdateProduct): string => {
  const { sku, name, description, quantity, quantityDelta, maxPerOrder } = changes
  const money = price && [price.amountMinor, price.currency]
  const edit = [actorOf(by), sku, name, description, money, quantity, quantityDelta]
  // Named only where it was sent: no limit is another edit than none of it, and older edits keep their fingerprints.
  const limit = maxPerOrder === undefined ? [] : [{ maxPerOrder }]
  return createHash('sha256')
    .update(JSON.stringify([...edit, ...limit]))
    .digest('hex')
}

/** The quantity that a difference leads to was not sent; the difference was. */
const pointAtDelta = ({ errors }: InvalidRequest): InvalidRequest =>
  invalidRequest(
    errors.map(({ pointer, detail }) =>
      pointer === '/quantity'
        ? { pointer: '/quantityDelta', detail: `leads to a quantity that ${detail}` }
        : { pointer, detail },
    ),
  )

const quantityBelowReserved = (product: Product, quantity: number): QuantityBelowReserved => ({
  code: 'quantity_below_reserved',
  detail: `Orders hold ${product.reserved} of ${product.sku}; the quantity cannot be ${quantity}.`,
  product,
})
