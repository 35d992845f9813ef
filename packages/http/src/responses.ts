import {
  available,
  type Listed,
  type Order,
  type Payment,
  type Product,
  type Refund,
  userActions,
} from '@holdfast/domain'
import type { z } from 'zod'
import type { product as productSchema } from './product-schemas.ts'
import type * as schemas from './response-schemas.ts'

/** What a schema describes, as it is made here: nothing is changed once it is made. */
export type Body<Schema extends z.ZodType> = Frozen<z.infer<Schema>>

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T

const time = (ms: number): string => new Date(ms).toISOString()

/** An order as its user sees it. Made of the order alone, so that the same order always gives the same bytes. */
export const orderBody = (order: Order) =>
  ({
    id: order.id,
    userId: order.userId,
    state: order.state,
    lines: order.lines,
    total: order.total,
    version: order.version,
    failure: order.failure,
    actions: userActions[order.state],
    payments: order.payments.map(paymentBody),
    clientReference: order.clientReference ?? null, // An answer that an older version has kept lacks this and more.
    metadata: order.metadata ?? {},
    history: order.history.map(({ at, ...entry }) => ({ ...entry, at: time(at) })),
    expiresAt: order.expiresAt ? time(order.expiresAt) : null,
    createdAt: time(order.createdAt),
    updatedAt: time(order.updatedAt),
  }) satisfies Body<typeof schemas.order>

/** A payment as its user sees it. */
export const paymentBody = (payment: Payment) =>
  ({
    id: payment.id,
    orderId: payment.orderId,
    attempt: payment.attempt,
    state: payment.state,
    amount: payment.amount,
    paymentMethod: payment.paymentMethod,
    outcome: payment.outcome ?? null,
    failure: payment.failure,
    refund: payment.refund && refundBody(payment.refund),
    overdue: payment.overdue,
    decidedBy: time(payment.deadlineAt),
    createdAt: time(payment.createdAt),
    updatedAt: time(payment.updatedAt),
  }) satisfies Body<typeof schemas.payment>

/** What is owed back, or was given back, as the payment's user sees it. */
export const refundBody = ({ state, amount, attempts, createdAt, updatedAt }: Refund) => ({
  state,
  amount,
  attempts,
  createdAt: time(createdAt),
  updatedAt: time(updatedAt),
})

/** A product as everybody sees it. */
export const productBody = (product: Product) =>
  ({
    id: product.id,
    sku: product.sku,
    name: product.name,
    description: product.description,
    price: product.price,
    quantity: product.quantity,
    reserved: product.reserved,
    available: available(product),
    maxPerOrder: product.maxPerOrder ?? null,
    version: product.version,
    createdAt: time(product.createdAt),
    updatedAt: time(product.updatedAt),
  }) satisfies Body<typeof productSchema>

/** A page of a list. */
export const listBody = <T, Body>({ items, nextCursor }: Listed<T>, body: (item: T) => Body) => ({
  items: items.map(body),
  nextCursor,
})
