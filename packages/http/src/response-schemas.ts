import { z } from 'zod'

/** A time as it is written. */
export const time = z
  .string()
  .meta({ description: 'A time in UTC (RFC 3339).', override: { format: 'date-time' } })

/** The id of an order, a payment or a product, by its prefix. */
const id = (prefix: 'ord' | 'pay' | 'prod') =>
  z.string().meta({
    description: 'Ids have a prefix and sort by time.',
    override: { pattern: `^${prefix}_[0-9a-f]{32}$` },
  })

const money = z
  .object({
    amountMinor: z.int().min(0).meta({ description: 'In minor units: cents for EUR.' }),
    currency: z
      .string()
      .meta({ description: 'An ISO 4217 code.', override: { pattern: '^[A-Z]{3}$' } }),
  })
  .meta({ id: 'Money', description: 'An amount of money. Never a fraction.' })

/** Where an order stands. */
export const orderState = z
  .enum([
    'CREATED',
    'ORDER_FAILED',
    'PAYMENT_IN_PROGRESS',
    'PAYMENT_DONE',
    'PAYMENT_FAILED',
    'ORDER_CANCELLED',
  ])
  .meta({ id: 'OrderState', description: 'Where an order stands.' })

/** What an order’s user can ask for. */
export const userAction = z
  .enum(['modify', 'cancel', 'retryOrder', 'pay', 'retryPayment'])
  .meta({ id: 'UserAction', description: 'What an order’s user can ask for.' })

const orderLine = z
  .object({
    productId: id('prod'),
    sku: z.string(),
    name: z.string(),
    quantity: z.int().min(1),
    unitPrice: money,
    lineTotal: money,
  })
  .meta({
    id: 'OrderLine',
    description: 'A line, at the name and price of the moment in which it was ordered.',
  })

/** A line that stock could not meet. */
export const shortLine = z
  .object({
    productId: id('prod'),
    sku: z.string(),
    requested: z.int().min(1),
    available: z.int().min(0),
  })
  .meta({ id: 'ShortLine', description: 'A line that stock could not meet.' })

const orderFailure = z
  .object({
    code: z.literal('insufficient_stock'),
    detail: z.string(),
    lines: z.array(shortLine),
  })
  .meta({ id: 'OrderFailure', description: 'Why an order is ORDER_FAILED.' })

const paymentFailure = z
  .object({
    code: z.string().meta({
      description:
        'The gateway’s word for a decline; `superseded` by an edit of the order; or `acknowledgement_timeout`.',
    }),
    detail: z.string(),
  })
  .meta({ id: 'PaymentFailure', description: 'Why a payment is FAILED.' })

const refund = z
  .object({
    state: z.enum(['OWED', 'CONFIRMED']),
    amount: money,
    attempts: z.int().min(0).meta({ description: 'How often the gateway did not confirm it.' }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({
    id: 'Refund',
    description: 'Money that was taken for a failed payment, and goes back to the customer.',
  })

/** A payment as its user sees it. */
export const payment = z
  .object({
    id: id('pay'),
    orderId: id('ord'),
    attempt: z.int().min(1).meta({ description: 'Counts the attempts to pay this order.' }),
    state: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']),
    amount: money,
    paymentMethod: z.string(),
    failure: paymentFailure.nullable(),
    refund: refund.nullable(),
    overdue: z.boolean().meta({
      description: 'The deadline has passed, and the gateway could not be asked.',
    }),
    decidedBy: time.meta({
      description:
        'The deadline: a payment that is still `PENDING` then is voided, as soon as the gateway can be asked.',
    }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Payment', description: 'One attempt to charge an order.' })

const historyEntry = z
  .object({
    seq: z.int().min(1),
    from: orderState.nullable().meta({
      description:
        'Null at the beginning; in an edit, and where a failed order was let go, as `to`.',
    }),
    to: orderState,
    action: z.enum([
      'create',
      'retryOrder',
      'cancel',
      'startPayment',
      'paymentSucceeded',
      'paymentFailed',
      'retryPayment',
      'modify',
      'letGo',
    ]),
    actor: z.string().meta({ description: 'A user’s id, `cli` or `system`.' }),
    reason: z.string().nullable(),
    paymentId: id('pay').nullable(),
    at: time,
  })
  .meta({ id: 'HistoryEntry', description: 'One change of an order. Nothing rewrites it.' })

/** An order as its user sees it. */
export const order = z
  .object({
    id: id('ord'),
    userId: z.string(),
    state: orderState,
    lines: z.array(orderLine),
    total: money,
    version: z.int().min(1).meta({ description: 'Counts its changes. `If-Match` goes by it.' }),
    failure: orderFailure.nullable(),
    actions: z.array(userAction).meta({ description: 'What its user can do next.' }),
    payments: z.array(payment),
    history: z.array(historyEntry),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Order', description: 'A purchase, with its payments and its history.' })

/** A product as everybody sees it. */
export const product = z
  .object({
    id: id('prod'),
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    price: money,
    quantity: z.int().min(0).meta({ description: 'What is on hand.' }),
    reserved: z.int().min(0).meta({ description: 'The part of it that unpaid orders hold.' }),
    available: z.int().min(0).meta({ description: 'What is free to be ordered.' }),
    version: z
      .int()
      .min(1)
      .meta({ description: 'Counts what an admin has written, not what orders reserve.' }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Product', description: 'Something to sell.' })

const nextCursor = (prefix: 'ord' | 'prod') =>
  id(prefix).nullable().meta({
    description: 'What to send as `cursor` for the next page; null on the last one.',
  })

/** A page of orders. */
export const orderList = z
  .object({ items: z.array(order), nextCursor: nextCursor('ord') })
  .meta({ id: 'OrderList', description: 'A page of orders, newest first.' })

/** A page of products. */
export const productList = z
  .object({ items: z.array(product), nextCursor: nextCursor('prod') })
  .meta({ id: 'ProductList', description: 'A page of products, newest first.' })
