import { err, ok, ResultAsync } from 'neverthrow'
import type { Page } from '../ports/pages.ts'
import type { ProductRef } from '../ports/store.ts'
import type { Product, ProductNotFound } from '../rules/product.ts'
import { anId, either, objectOf } from '../rules/request-shape.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { checked, paged } from './checked.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'

/** A product, by id or by code. */
export const getProduct = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    isProductRef,
    (ref: ProductRef): ResultAsync<Product, ProductNotFound> =>
      new ResultAsync(
        store
          .findProduct(ref)
          .then((product) => (product ? ok(product) : err(productNotFound(ref)))),
      ),
  )

const isProductRef = either(
  [objectOf({ id: anId }), objectOf({ sku: anId })],
  'must be {"id"} or {"sku"}.',
)

/** A page of products, newest first. */
export const listProducts = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    paged,
    (page: Page): ResultAsync<Listed<Product>, never> =>
      ResultAsync.fromSafePromise(listPage(page, (wider) => store.listProducts(wider))),
  )

/** Every change of a product's stock, oldest first. */
export const listMovements = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    anId,
    (productId: string): ResultAsync<readonly StockMovement[], never> =>
      ResultAsync.fromSafePromise(store.listMovements(productId)),
  )

/** The refusal for a product that is not there. */
export const productNotFound = (ref: ProductRef): ProductNotFound => ({
  code: 'product_not_found',
  detail: `No product has the ${'id' in ref ? `id ${ref.id}` : `code ${ref.sku}`}.`,
})
