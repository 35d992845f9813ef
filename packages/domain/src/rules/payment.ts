import type { Result } from 'neverthrow'
import type { Money } from './money.ts'
import type { Refund } from './refund.ts'

/** Where an attempt stands. `PENDING` also means: we do not know yet. */
export type PaymentState = 'PENDING' | 'SUCCEEDED' | 'FAILED'

/**
 * What the gateway has said of an attempt that is `PENDING`: it works on it, there was no usable answer, or it has never heard
 * of it.
 */
export type PaymentOutcome = 'processing' | 'unknown' | 'not_seen'

/** Why an attempt failed: the gateway's word for a decline, or one of our own (`superseded`, `acknowledgement_timeout`). */
export type PaymentFailure = Readonly<{ code: string; detail: string }>

/**
 * One attempt to charge an order. Its id is the gateway's idempotency key. `amount` and `orderVersion` are those
 * of the order as it was charged; `gatewayId` is the gateway that the database was bound to when it was claimed, null where
 * that is not known; `outcome` is null once the attempt has ended; `refund` is what is owed because the attempt was captured
 * after it had failed; `overdue` says that the deadline passed and the gateway could not be asked. `nextCheckAt` is when to ask
 * the gateway next, null when nothing more is to be learnt; `checks` is how often the reconciler has asked without finding an
 * end; `fencedUntil` is how long a void is left to the edit that has done it. Times are milliseconds since 1970 UTC.
 */
export type Payment = Readonly<{
  id: string
  orderId: string
  attempt: number
  state: PaymentState
  amount: Money
  orderVersion: number
  paymentMethod: string
  gatewayId: string | null
  outcome: PaymentOutcome | null
  failure: PaymentFailure | null
  refund: Refund | null
  overdue: boolean
  deadlineAt: number
  nextCheckAt: number | null
  fencedUntil: number | null
  checks: number
  createdAt: number
  updatedAt: number
}>

/** The money was taken. */
export type Captured = Readonly<{ state: 'captured' }>

/** The provider said no: an outcome, not an error. `code` is its word for why. */
export type Declined = Readonly<{ state: 'declined'; code: string; detail: string }>

/** The key was burned before money moved: it can never charge again. */
export type Voided = Readonly<{ state: 'voided' }>

/** The gateway has the charge and has not decided. */
export type StillPending = Readonly<{ state: 'pending' }>

/** An outcome that ends an attempt. */
export type GatewayOutcome = Captured | Declined | Voided

/** What an answer that does not end an attempt says of it. */
export const outcomeOf = (
  answer: Result<GatewayOutcome | StillPending | undefined, unknown>,
): PaymentOutcome => {
  if (answer.isErr()) return 'unknown'
  return answer.value === undefined ? 'not_seen' : 'processing'
}

/** The payment does not exist, or belongs to somebody else. */
export type PaymentNotFound = Readonly<{ code: 'payment_not_found'; detail: string }>

/** The attempt that is under way, if there is one. There is never more than one. */
export const pendingPayment = (payments: readonly Payment[]): Payment | undefined =>
  payments.find(({ state }) => state === 'PENDING')

/** The attempt that took the money, if there is one. There is never more than one. */
export const succeededPayment = (payments: readonly Payment[]): Payment | undefined =>
  payments.find(({ state }) => state === 'SUCCEEDED')
