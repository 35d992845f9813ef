import type {
  CancelOrderError,
  CreateOrderError,
  InvalidRequest,
  ModifyOrderError,
  OrderNotFound,
  RetryOrderError,
} from '@holdfast/domain'
import { type Operation, type ProblemsOf, unchanged } from './openapi/operation.ts'
import { pageQueries } from './page-queries.ts'
import {
  cancelOrderBody,
  createOrderBody,
  modifyOrderBody,
  retryOrderBody,
} from './request-schemas.ts'
import { order, orderList } from './response-schemas.ts'

const inPath = { id: 'The order’s id.' }

/** The routes of orders, as the OpenAPI document describes them. */
export const orderOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/order',
    id: 'createOrder',
    tag: 'Orders',
    summary: 'Place an order',
    description:
      'Reserves the stock of all lines, or of none. If a line is short the order is stored as `ORDER_FAILED`, and can be tried again.',
    access: 'user',
    body: createOrderBody,
    answers: {
      201: {
        what: 'The order, with its stock reserved.',
        schema: order,
        headers: ['Location', 'ETag'],
      },
    },
    problems: {
      amount_too_large: [],
      duplicate_order: [],
      idempotency_key_reused: [],
      insufficient_stock: ['Location', 'ETag'],
      invalid_request: [],
      quantity_limit_exceeded: [],
      too_many_unpaid_orders: [],
      unknown_product: [],
    } satisfies ProblemsOf<CreateOrderError | { code: 'insufficient_stock' }>,
  },
  {
    method: 'get',
    path: '/order',
    id: 'listOrders',
    tag: 'Orders',
    summary: 'List orders',
    description:
      'Newest first: your own, or for an admin everybody’s; those in one `state`, and for an admin those of one user.',
    access: 'user',
    query: pageQueries.ord,
    answers: { 200: { what: 'A page of orders.', schema: orderList } },
    problems: { forbidden: [] },
  },
  {
    method: 'get',
    path: '/order/{id}',
    id: 'getOrder',
    tag: 'Orders',
    summary: 'Read an order',
    description:
      'With its payments and its history. An admin reads everybody’s, and changes none of them.',
    access: 'user',
    inPath,
    honoursWait: true,
    answers: {
      200: { what: 'The order.', schema: order, headers: ['ETag'] },
      304: unchanged,
    },
    problems: { order_not_found: [] } satisfies ProblemsOf<OrderNotFound>,
  },
  {
    method: 'put',
    path: '/order/{id}',
    id: 'modifyOrder',
    tag: 'Orders',
    summary: 'Replace the lines of an order',
    description:
      'At the prices of today, while it is `CREATED`, `PAYMENT_IN_PROGRESS` or `PAYMENT_FAILED`. A payment under way is first ended at the gateway; if it turns out that the money was taken, the edit is refused.',
    access: 'user',
    inPath,
    body: modifyOrderBody,
    honoursIfMatch: true,
    answers: { 200: { what: 'The order with its new lines.', schema: order, headers: ['ETag'] } },
    problems: {
      amount_too_large: [],
      duplicate_order: [],
      idempotency_key_reused: [],
      illegal_transition: [],
      insufficient_stock: [],
      invalid_request: [],
      order_already_paid: [],
      order_not_found: [],
      payment_outcome_unknown: [],
      quantity_limit_exceeded: [],
      unknown_product: [],
      version_mismatch: [],
    } satisfies ProblemsOf<ModifyOrderError>,
  },
  {
    method: 'post',
    path: '/order/cancelorder/{id}',
    id: 'cancelOrder',
    tag: 'Orders',
    summary: 'Cancel an order',
    description:
      'Only while it is `CREATED`. Repeating it is harmless, also with the `If-Match` of the first time.',
    access: 'user',
    inPath,
    body: cancelOrderBody,
    honoursIfMatch: true,
    answers: {
      200: { what: 'The order, with its stock released.', schema: order, headers: ['ETag'] },
    },
    problems: {
      idempotency_key_reused: [],
      illegal_transition: [],
      invalid_request: [],
      order_not_found: [],
      version_mismatch: [],
    } satisfies ProblemsOf<CancelOrderError | InvalidRequest>,
  },
  {
    method: 'post',
    path: '/order/retryorder/{id}',
    id: 'retryOrder',
    tag: 'Orders',
    summary: 'Try an order again that was short of stock',
    description:
      'Only while it is `ORDER_FAILED`; at the prices of today, and for other `lines` if there are any. One that is still short stays `ORDER_FAILED`, with those lines.',
    access: 'user',
    inPath,
    body: retryOrderBody,
    honoursIfMatch: true,
    answers: {
      200: { what: 'The order, with its stock reserved.', schema: order, headers: ['ETag'] },
    },
    problems: {
      amount_too_large: [],
      duplicate_order: [],
      idempotency_key_reused: [],
      illegal_transition: [],
      insufficient_stock: ['ETag'],
      invalid_request: [],
      order_not_found: [],
      quantity_limit_exceeded: [],
      too_many_unpaid_orders: [],
      unknown_product: [],
      version_mismatch: [],
    } satisfies ProblemsOf<RetryOrderError | { code: 'insufficient_stock' }>,
  },
]
