import { z } from 'zod'
import {
  historyAction,
  orderState,
  paymentOutcome,
  paymentState,
  refundState,
  userAction,
} from './enumerations.ts'

/** A time as it is written. */
export const time = z
  .string()
  .meta({ description: 'A time in UTC (RFC 3339).', override: { format: 'date-time' } })

/** The id of an order, a payment or a product, by its prefix. */
export const id = (prefix: 'ord' | 'pay' | 'prod') =>
  z.string().meta({
    description: 'Ids have a prefix and sort by time.',
    override: { pattern: `^${prefix}_[0-9a-f]{32}$` },
  })

/** An amount of money. */
const money = z
  .object({
    amountMinor: z.int().min(0).meta({ description: 'In minor units: cents for EUR.' }),
    currency: z
      .string()
      .meta({ description: 'An ISO 4217 code.', override: { pattern: '^[A-Z]{3}$' } }),
  })
  .meta({ id: 'Money', description: 'An amount of money. Never a fraction.' })

/** An amount, and which one it is: a wrapper, since a ban on further fields beside a reference would be one on all of them. */
export const amount = (description: string) => z.nonoptional(money).meta({ description })

const orderLine = z
  .object({
    productId: id('prod').meta({ description: 'The product that was ordered.' }),
    sku: z.string().meta({ description: 'Its code at that moment.' }),
    name: z.string().meta({ description: 'Its name at that moment.' }),
    quantity: z.int().min(1).meta({ description: 'How many of it.' }),
    unitPrice: amount('What one of it costs.'),
    lineTotal: amount('What the line costs: the price times the quantity.'),
  })
  .meta({
    id: 'OrderLine',
    description: 'A line, at the name and price of the moment in which it was ordered.',
  })

/** A line that stock could not meet. */
export const shortLine = z
  .object({
    productId: id('prod').meta({ description: 'The product that is short.' }),
    sku: z.string().meta({ description: 'The code of the product.' }),
    requested: z.int().min(1).meta({ description: 'How many were asked for.' }),
    available: z.int().min(0).meta({ description: 'How many could be had.' }),
  })
  .meta({ id: 'ShortLine', description: 'A line that stock could not meet.' })

const orderFailure = z
  .object({
    code: z
      .literal('insufficient_stock')
      .meta({ description: 'Why: the only way in which an order fails.' }),
    detail: z.string().meta({ description: 'The same in words.' }),
    lines: z.array(shortLine).meta({ description: 'Every line that was short.' }),
  })
  .meta({ id: 'OrderFailure', description: 'Why an order is ORDER_FAILED.' })

const paymentFailure = z
  .object({
    code: z.string().meta({
      description:
        'The gateway’s word for a decline; `superseded` by an edit of the order; or `acknowledgement_timeout`.',
    }),
    detail: z.string().meta({ description: 'The same in words.' }),
  })
  .meta({ id: 'PaymentFailure', description: 'Why a payment is FAILED.' })

const refund = z
  .object({
    state: refundState,
    amount: amount('What goes back: all that was taken.'),
    attempts: z.int().min(0).meta({ description: 'How often the gateway did not confirm it.' }),
    createdAt: time.meta({ description: 'Since when it is owed.' }),
    updatedAt: time.meta({ description: 'When it last changed.' }),
  })
  .meta({
    id: 'Refund',
    description: 'Money that was taken for a failed payment, and goes back to the customer.',
  })

/** A payment as its user sees it. */
export const payment = z
  .object({
    id: id('pay').meta({
      description: 'The id of the payment; the key of its charge at the gateway, too.',
    }),
    orderId: id('ord').meta({ description: 'The order that it is for.' }),
    attempt: z.int().min(1).meta({ description: 'Counts the attempts to pay this order.' }),
    state: paymentState,
    amount: amount('What the order cost when the attempt began.'),
    paymentMethod: z.string().meta({ description: 'How it is paid, as the request said.' }),
    outcome: paymentOutcome
      .nullable()
      .meta({ description: 'What is known of it while it is `PENDING`; else null.' }),
    failure: paymentFailure.nullable().meta({ description: 'Why it is `FAILED`; else null.' }),
    refund: refund.nullable().meta({
      description:
        'What goes back because the attempt was captured after it had failed; else null.',
    }),
    overdue: z.boolean().meta({
      description: 'The deadline has passed, and the gateway could not be asked.',
    }),
    decidedBy: time.meta({
      description:
        'The deadline: a payment that is still `PENDING` then is voided, as soon as the gateway can be asked.',
    }),
    createdAt: time.meta({ description: 'When the attempt began.' }),
    updatedAt: time.meta({
      description: 'When the payment last changed; `outcome` does not count.',
    }),
  })
  .meta({ id: 'Payment', description: 'One attempt to charge an order.' })

const historyEntry = z
  .object({
    seq: z.int().min(1).meta({ description: 'Counts the rows; the last is the order’s version.' }),
    from: orderState.nullable().meta({
      description:
        'Null at the beginning; as `to` in an edit, and where a failed order stays short or was let go.',
    }),
    to: orderState.meta({ description: 'Where the order stood after it.' }),
    action: historyAction,
    actor: z.string().meta({ description: 'A user’s id, `cli` or `system`.' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why: a code of the service’s, or what its user gave as a reason.' }),
    paymentId: id('pay')
      .nullable()
      .meta({ description: 'The attempt that it is about; else null.' }),
    at: time.meta({ description: 'When it was done.' }),
  })
  .meta({ id: 'HistoryEntry', description: 'One change of an order. Nothing rewrites it.' })

/** An order as its user sees it. */
export const order = z
  .object({
    id: id('ord').meta({ description: 'The id of the order.' }),
    userId: z.string().meta({ description: 'Whose order it is.' }),
    state: orderState.meta({ description: 'Where the order stands.' }),
    lines: z.array(orderLine).meta({ description: 'What was ordered.' }),
    total: amount('What all lines cost together.'),
    version: z.int().min(1).meta({ description: 'Counts its changes. `If-Match` goes by it.' }),
    failure: orderFailure.nullable().meta({ description: 'Why it is `ORDER_FAILED`; else null.' }),
    clientReference: z
      .string()
      .nullable()
      .meta({ description: 'Your own number for it; null where none was given.' }),
    metadata: z
      .record(z.string(), z.string())
      .meta({ description: 'What you keep with it; empty where nothing was given.' }),
    expiresAt: time.nullable().meta({
      description:
        'How long it holds its stock unpaid. While `CREATED`, it is cancelled then; while a payment is under way, that is decided by then. Null if it holds no stock, or holds it indefinitely.',
    }),
    actions: z.array(userAction).meta({ description: 'What its user can do next.' }),
    payments: z
      .array(payment)
      .meta({ description: 'All attempts to pay it, the first one first.' }),
    history: z
      .array(historyEntry)
      .meta({ description: 'All that happened to it, the oldest first.' }),
    createdAt: time.meta({ description: 'When it was placed.' }),
    updatedAt: time.meta({ description: 'When it last changed.' }),
  })
  .meta({ id: 'Order', description: 'A purchase, with its payments and its history.' })

/** What leads to the next page of orders or products. */
export const nextCursor = (prefix: 'ord' | 'prod') =>
  id(prefix).nullable().meta({
    description: 'What to send as `cursor` for the next page; null on the last one.',
  })

/** A page of orders. */
export const orderList = z
  .object({
    items: z.array(order).meta({ description: 'The orders of the page.' }),
    nextCursor: nextCursor('ord'),
  })
  .meta({ id: 'OrderList', description: 'A page of orders, newest first.' })
