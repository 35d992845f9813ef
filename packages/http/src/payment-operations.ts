import type {
  AmountTooLarge,
  ClaimPaymentError,
  DuplicateOrder,
  InsufficientStock,
  PaymentAttemptsExceeded,
  PaymentNotFound,
  PaymentOutcomeUnknown,
  QuantityLimitExceeded,
  TooManyUnpaidOrders,
  UnknownProduct,
} from '@holdfast/domain'
import type { Answer, Operation, ProblemsOf } from './openapi/operation.ts'
import { paymentRequestBody, retryPaymentBody } from './request-schemas.ts'
import { payment } from './response-schemas.ts'

const answers: Readonly<Record<number, Answer>> = {
  201: {
    what: 'The money was taken: the payment is `SUCCEEDED` and the order `PAYMENT_DONE`.',
    schema: payment,
    headers: ['Location'],
  },
  202: {
    what: 'The outcome is not known yet: the payment is `PENDING`. Read it again, or repeat the request; nothing is charged twice.',
    schema: payment,
    headers: ['Location', 'Retry-After'],
  },
}

/** A first attempt holds its stock already, and keeps its lines. */
type PayProblem = Exclude<
  ClaimPaymentError,
  | AmountTooLarge
  | DuplicateOrder
  | InsufficientStock
  | PaymentAttemptsExceeded
  | PaymentOutcomeUnknown
  | QuantityLimitExceeded
  | TooManyUnpaidOrders
  | UnknownProduct
>

/** How an attempt that failed is answered. */
type FailedPayment = { code: 'payment_declined' | 'payment_timed_out' }

const problems = {
  gateway_unavailable: [],
  idempotency_key_reused: [],
  illegal_transition: [],
  invalid_request: [],
  order_already_paid: [],
  order_not_found: [],
  payment_declined: ['Location'],
  payment_timed_out: ['Location'],
  total_changed: [],
  version_mismatch: [],
} satisfies ProblemsOf<PayProblem | FailedPayment>

const retryProblems = {
  ...problems,
  amount_too_large: [],
  duplicate_order: [],
  insufficient_stock: [],
  payment_attempts_exceeded: [],
  payment_outcome_unknown: [],
  quantity_limit_exceeded: [],
  too_many_unpaid_orders: [],
  unknown_product: [],
} satisfies ProblemsOf<ClaimPaymentError | FailedPayment>

/** The routes of payments, as the OpenAPI document describes them. */
export const paymentOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/payment',
    id: 'payOrder',
    tag: 'Payments',
    summary: 'Pay an order',
    description:
      'While a payment of the order is `PENDING`, asking again returns that one; a charge that never arrived at the gateway is sent again, as it was. An order is never charged twice.',
    access: 'user',
    body: paymentRequestBody,
    honoursWait: true,
    honoursIfMatch: true,
    answers,
    problems,
  },
  {
    method: 'post',
    path: '/retrypayment',
    id: 'retryPayment',
    tag: 'Payments',
    summary: 'Pay an order whose payment failed',
    description:
      'A new attempt, for which the stock is reserved again. With `lines` the order is edited, reserved and paid for in one step, so that what stays in it is never free in between: while it is `PAYMENT_FAILED`, or `PAYMENT_IN_PROGRESS`, whose payment is first ended at the gateway. Refused, the order keeps its old lines.',
    access: 'user',
    body: retryPaymentBody,
    honoursIfMatch: true,
    honoursWait: true,
    answers,
    problems: retryProblems,
  },
  {
    method: 'get',
    path: '/payment/{paymentId}',
    id: 'getPayment',
    tag: 'Payments',
    summary: 'Read a payment',
    description:
      'A `PENDING` one is found out in the background: read it again after a few seconds. An admin reads everybody’s.',
    access: 'user',
    inPath: { paymentId: 'The payment’s id.' },
    honoursWait: true,
    answers: { 200: { what: 'The payment.', schema: payment } },
    problems: { payment_not_found: [] } satisfies ProblemsOf<PaymentNotFound>,
  },
]
