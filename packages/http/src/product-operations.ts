import type { CreateProductError, ProductNotFound, UpdateProductError } from '@holdfast/domain'
import { type Operation, type ProblemsOf, unchanged } from './openapi/operation.ts'
import { pageQueries } from './page-queries.ts'
import { createProductBody, updateProductBody } from './product-request-schemas.ts'
import { product, productList } from './product-schemas.ts'

const inPath = { id: 'The product’s id.' }

/** The routes of products, as the OpenAPI document describes them. */
export const productOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/product',
    id: 'createProduct',
    tag: 'Products',
    summary: 'Put a product on sale',
    description: 'Its `sku` is one that no other product has.',
    access: 'admin',
    body: createProductBody,
    answers: { 201: { what: 'The product.', schema: product, headers: ['Location', 'ETag'] } },
    problems: {
      idempotency_key_reused: [],
      invalid_request: [],
      sku_taken: [],
    } satisfies ProblemsOf<CreateProductError>,
  },
  {
    method: 'get',
    path: '/product',
    id: 'listProducts',
    tag: 'Products',
    summary: 'List the products',
    description: 'Newest first.',
    access: 'user',
    query: pageQueries.prod,
    answers: { 200: { what: 'A page of products.', schema: productList } },
    problems: {},
  },
  {
    method: 'get',
    path: '/product/{id}',
    id: 'getProduct',
    tag: 'Products',
    summary: 'Read a product',
    description:
      '`available` is what can still be ordered: `quantity` less what unpaid orders hold.',
    access: 'user',
    inPath,
    answers: {
      200: { what: 'The product.', schema: product, headers: ['ETag'] },
      304: unchanged,
    },
    problems: { product_not_found: [] } satisfies ProblemsOf<ProductNotFound>,
  },
  {
    method: 'put',
    path: '/product/{id}',
    id: 'updateProduct',
    tag: 'Products',
    summary: 'Change a product or its stock',
    description:
      'What is left out stays. `quantity` sets what is on hand, `quantityDelta` changes it. Orders keep the price that they were placed at. Send an `Idempotency-Key` with `quantityDelta`, or an `If-Match` with the one version that you have seen: a proxy that sends the request again, or a client that has not heard the answer, would otherwise add the goods twice.',
    access: 'admin',
    inPath,
    body: updateProductBody,
    honoursIfMatch: true,
    answers: { 200: { what: 'The product as it is now.', schema: product, headers: ['ETag'] } },
    problems: {
      idempotency_key_reused: [],
      invalid_request: [],
      product_not_found: [],
      quantity_below_reserved: [],
      sku_taken: [],
      version_mismatch: [],
    } satisfies ProblemsOf<UpdateProductError>,
  },
]
