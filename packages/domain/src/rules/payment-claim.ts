import { err, ok, type Result } from 'neverthrow'
import { type InvalidRequest, invalidRequest } from './invalid-request.ts'
import { checkMoney, formatMoney, type Money, sameMoney } from './money.ts'
import type { Order } from './order.ts'
import { type Payment, succeededPayment } from './payment.ts'
import { nextCheckAt } from './payment-policy.ts'

/** The order is paid; `payment` is the attempt that took the money. */
export type OrderAlreadyPaid = Readonly<{
  code: 'order_already_paid'
  detail: string
  order: Order
  payment: Payment
}>

/** What would be charged, `total`, is something else than what the customer agreed to; `order` is as it is stored. */
export type TotalChanged = Readonly<{
  code: 'total_changed'
  detail: string
  total: Money
  order: Order
}>

/** Too many attempts in a short time. `retryAfterMs` is when the next one is allowed. */
export type PaymentAttemptsExceeded = Readonly<{
  code: 'payment_attempts_exceeded'
  detail: string
  retryAfterMs: number
  order: Order
}>

/** The gateway takes no charges now, so none was begun: the order and its stock are as they were. */
export type GatewayUnavailable = Readonly<{
  code: 'gateway_unavailable'
  detail: string
  order: Order
}>

/** Card testers try hundreds of cards on one order; a customer with a stubborn card tries a few. */
const MAX_ATTEMPTS = 5

/** The window that the attempts are counted in. */
const ATTEMPTS_WINDOW_MS = 600_000

/** Refuses a second charge of a paid order. */
export const refusePaid = (order: Order): Result<void, OrderAlreadyPaid> => {
  const payment = succeededPayment(order.payments)
  return payment ? err(orderAlreadyPaid(order, payment)) : ok(undefined)
}

/** The refusal that names the payment which took the money. */
export const orderAlreadyPaid = (order: Order, payment: Payment): OrderAlreadyPaid => ({
  code: 'order_already_paid',
  detail: `The order ${order.id} was paid by ${payment.id}.`,
  order,
  payment,
})

/**
 * Refuses to charge another amount than the one that the customer was shown, if the request says which. `total` is what the
 * order costs, or would cost with the lines that the same request brings.
 */
export const refuseOtherTotal = (
  order: Order,
  expected: Money | undefined,
  total: Money = order.total,
): Result<void, TotalChanged | InvalidRequest> => {
  if (expected === undefined || sameMoney(expected, total)) return ok(undefined)
  const faults = checkMoney(expected, '/expectedTotal')
  if (faults.length > 0) return err(invalidRequest(faults))
  return err({
    code: 'total_changed',
    detail: `The total is ${formatMoney(total)}, not the expected one.`,
    total,
    order,
  })
}

/** Refuses a sixth attempt within ten minutes: a defence against trying out stolen cards. */
export const refuseManyAttempts = (
  order: Order,
  now: number,
): Result<void, PaymentAttemptsExceeded> => {
  const recent = order.payments
    .map(({ createdAt }) => createdAt)
    .filter((at) => at > now - ATTEMPTS_WINDOW_MS)
    .sort((a, b) => b - a)
  const oldestThatCounts = recent[MAX_ATTEMPTS - 1]
  if (oldestThatCounts === undefined) return ok(undefined)
  return err({
    code: 'payment_attempts_exceeded',
    detail: `The order had ${MAX_ATTEMPTS} payment attempts in the last ten minutes.`,
    // Where the clock was set back, attempts lie in the future; nobody is told to wait for longer than the window.
    retryAfterMs: Math.min(oldestThatCounts - now, 0) + ATTEMPTS_WINDOW_MS,
    order,
  })
}

/** Refuses to write down an intent that cannot be sent: the stock would be held, and the customer wait, for nothing. */
export const refuseUnavailable = (
  order: Order,
  availableGateway: string | undefined,
): Result<string, GatewayUnavailable> =>
  availableGateway !== undefined
    ? ok(availableGateway)
    : err({
        code: 'gateway_unavailable',
        detail: 'The payment gateway cannot be reached or is too busy. Nothing was charged.',
        order,
      })

/** A new attempt on an order that has just moved to `PAYMENT_IN_PROGRESS`, at the time of that move. */
export const newAttempt = (
  order: Order,
  attempt: Pick<Payment, 'id' | 'paymentMethod' | 'gatewayId'> & { deadlineMs: number },
): Payment => {
  const now = order.updatedAt
  const times = { createdAt: now, deadlineAt: now + attempt.deadlineMs }
  return {
    id: attempt.id,
    orderId: order.id,
    attempt: order.payments.length + 1,
    state: 'PENDING',
    amount: order.total,
    orderVersion: order.version,
    paymentMethod: attempt.paymentMethod,
    gatewayId: attempt.gatewayId,
    outcome: 'unknown',
    failure: null,
    refund: null,
    overdue: false,
    nextCheckAt: nextCheckAt(times, now),
    fencedUntil: null,
    checks: 0,
    updatedAt: now,
    ...times,
  }
}
