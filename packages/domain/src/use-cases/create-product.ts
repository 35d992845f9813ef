import { err, ok, type ResultAsync } from 'neverthrow'
import { actorOf } from '../rules/caller.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { InvalidRequest } from '../rules/invalid-request.ts'
import {
  checkProductDetails,
  type Product,
  type ProductDetails,
  type SkuTaken,
} from '../rules/product.ts'
import { anything, text } from '../rules/request-shape.ts'
import { setStock } from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { checked, written } from './checked.ts'
import type { Ports, WriteRequest } from './request.ts'

/** A product to sell, and how much of it is on hand. Without `maxPerOrder` an order may have any number of it. */
export type CreateProduct = WriteRequest &
  Omit<ProductDetails, 'maxPerOrder'> &
  Readonly<{ quantity: number; maxPerOrder?: number | null | undefined }>

/** Why a product is not made. */
export type CreateProductError = InvalidRequest | SkuTaken | IdempotencyKeyReused

/** Nobody has edited it yet. */
const FIRST_VERSION = { version: 1, lastEdit: null }

/** Makes a product. Its code is its own among all products. */
export const createProduct = ({
  store,
  clock,
  newId,
  settings,
}: Pick<Ports, 'store' | 'clock' | 'newId' | 'settings'>) =>
  checked(shape, (request: CreateProduct): ResultAsync<Product, CreateProductError> => {
    const { by, sku, name, description, price, quantity, maxPerOrder = null } = request
    const at = clock.now()
    const id = newId('prod')
    return answerOnce(
      { store, settings },
      request,
      at,
      { sku },
      ({ productBySku }): Attempt<Product, CreateProductError> => {
        const invalid = checkProductDetails({ ...request, maxPerOrder }, at)
        if (invalid) return { result: err(invalid) }
        if (productBySku) return { result: err(skuTaken(productBySku)) }
        const details = { id, sku, name, description, price, maxPerOrder }
        const times = { createdAt: at, updatedAt: at }
        const product: Product = { ...details, quantity, reserved: 0, ...FIRST_VERSION, ...times }
        const movements = quantity === 0 ? [] : [setStock(id, quantity, { actor: actorOf(by), at })]
        return { result: ok(product), changes: { product, movements } }
      },
    )
  })

/** The code is looked up before the rules look at it, and the others are looked at by them. */
const shape = {
  ...written,
  sku: text(0),
  name: anything,
  description: anything,
  price: anything,
  quantity: anything,
  maxPerOrder: anything,
}

/** The refusal of a code that another product has. */
export const skuTaken = (product: Product): SkuTaken => ({
  code: 'sku_taken',
  detail: `The product ${product.id} has the code ${product.sku} already.`,
  product,
})
