import { err, ok, type Result } from 'neverthrow'
import { formatMoney, type Money, sameMoney } from './money.ts'
import type { Order } from './order.ts'
import { type Circumstances, move } from './order-lifecycle.ts'
import {
  type GatewayOutcome,
  type Payment,
  type PaymentFailure,
  succeededPayment,
} from './payment.ts'
import { deduct, release, type StockMovement } from './reservation.ts'

/** The order is paid; `payment` is the attempt that took the money. */
export type OrderAlreadyPaid = Readonly<{
  code: 'order_already_paid'
  detail: string
  order: Order
  payment: Payment
}>

/** The order costs something else than what the customer agreed to. */
export type TotalChanged = Readonly<{ code: 'total_changed'; detail: string; order: Order }>

/** Too many attempts in a short time. `retryAfterMs` is when the next one is allowed. */
export type PaymentAttemptsExceeded = Readonly<{
  code: 'payment_attempts_exceeded'
  detail: string
  retryAfterMs: number
  order: Order
}>

/** The gateway could not say whether the money moved. Nothing changed; the request may be repeated. */
export type PaymentOutcomeUnknown = Readonly<{
  code: 'payment_outcome_unknown'
  detail: string
  order: Order
  payment: Payment
}>

/** The customer waits no longer than this for the truth; then the attempt is fenced at the gateway. */
export const DEFAULT_PAYMENT_DEADLINE_MS = 180_000

/** Most lost answers are found within seconds, so the first questions come early; ages of the claim, in ms. */
const CHECK_SCHEDULE_MS: readonly number[] = [2, 5, 15, 30, 60, 120, 180].map(
  (seconds) => seconds * 1000,
)

/** A gateway that is down for a day is asked 24 times a payment, not thousands of times. */
const LONGEST_CHECK_GAP_MS = 3_600_000

/** Card testers try hundreds of cards on one order; a customer with a stubborn card tries a few. */
const MAX_ATTEMPTS = 5

/** The window that the attempts are counted in. */
const ATTEMPTS_WINDOW_MS = 600_000

/**
 * When to ask the gateway next: at the ages of `CHECK_SCHEDULE_MS` that come before the deadline, at the deadline, and
 * from then on after half of the attempt's age, at most an hour.
 */
export const nextCheckAt = (
  { createdAt, deadlineAt }: Pick<Payment, 'createdAt' | 'deadlineAt'>,
  now: number,
): number => {
  const planned = CHECK_SCHEDULE_MS.map((age) => createdAt + age).filter((at) => at < deadlineAt)
  const next = [...planned, deadlineAt].find((at) => at > now)
  return (
    next ?? now + Math.min(LONGEST_CHECK_GAP_MS, Math.max(1000, Math.ceil((now - createdAt) / 2)))
  )
}

/** Whether the three minutes are over, so that only a fence can end the attempt safely. */
export const isPastDeadline = ({ deadlineAt }: Pick<Payment, 'deadlineAt'>, now: number): boolean =>
  now >= deadlineAt

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

/** Refuses to charge another amount than the one that the customer was shown, if the request says which. */
export const refuseOtherTotal = (
  order: Order,
  expected: Money | undefined,
): Result<void, TotalChanged> =>
  expected === undefined || sameMoney(expected, order.total)
    ? ok(undefined)
    : err({
        code: 'total_changed',
        detail: `The order's total is ${formatMoney(order.total)}, not the expected one.`,
        order,
      })

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
    retryAfterMs: oldestThatCounts + ATTEMPTS_WINDOW_MS - now,
    order,
  })
}

/** A new attempt on an order that has just moved to `PAYMENT_IN_PROGRESS`, at the time of that move. */
export const newAttempt = (
  order: Order,
  attempt: Pick<Payment, 'id' | 'paymentMethod'> & { deadlineMs: number },
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
    failure: null,
    overdue: false,
    nextCheckAt: nextCheckAt(times, now),
    updatedAt: now,
    ...times,
  }
}

/**
 * Writes the gateway's answer into the order: captured takes the stock, declined and voided give it back. An attempt
 * that has ended already stays as it is: concluding twice changes nothing. `byEdit` says that an edit voided it.
 */
export const conclude = (
  order: Order,
  paymentId: string,
  outcome: GatewayOutcome,
  { actor, at }: Pick<Circumstances, 'actor' | 'at'>,
  byEdit = false,
): Readonly<{ order: Order; movements: readonly StockMovement[] }> => {
  const payment = order.payments.find(({ id }) => id === paymentId)
  if (payment?.state !== 'PENDING') return { order, movements: [] }
  const failure = failureOf(outcome, byEdit || !isPastDeadline(payment, at))
  const circumstances = { actor, at, paymentId, reason: failure?.code ?? null }
  const moved = move(order, failure ? 'paymentFailed' : 'paymentSucceeded', circumstances)
  const ended: Payment = {
    ...payment,
    state: failure ? 'FAILED' : 'SUCCEEDED',
    failure,
    overdue: false,
    updatedAt: moved.updatedAt,
  }
  const payments = order.payments.map((each) => (each.id === paymentId ? ended : each))
  return {
    order: { ...moved, payments },
    movements: (failure ? release : deduct)(order, { actor, at }),
  }
}

/** Only two things fence an attempt: an edit of its order, at any time, and its deadline. */
const failureOf = (outcome: GatewayOutcome, superseded: boolean): PaymentFailure | null => {
  if (outcome.state === 'captured') return null
  if (outcome.state === 'declined') return { code: outcome.code, detail: outcome.detail }
  return superseded
    ? {
        code: 'superseded',
        detail: 'The order was edited; the attempt was voided and nothing charged.',
      }
    : {
        code: 'acknowledgement_timeout',
        detail: 'The gateway did not answer in time; the attempt was voided and nothing charged.',
      }
}
