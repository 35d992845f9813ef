import type { Lease } from './lease.ts'
import type { Money } from './money.ts'
import type { Order } from './order.ts'
import type { Payment } from './payment.ts'

/** Where a refund stands. `OWED` until the gateway has confirmed it, however often it has to be asked. */
export type RefundState = 'OWED' | 'CONFIRMED'

/**
 * Money that was taken for an attempt which had failed by then, to be given back in full. The payment's id is its key at
 * the gateway, so that asking again gives nothing back twice. Times are milliseconds since 1970 UTC.
 */
export type Refund = Readonly<{
  paymentId: string
  state: RefundState
  amount: Money
  /** How often the gateway was asked and did not confirm. */
  attempts: number
  nextAttemptAt: number
  createdAt: number
  updatedAt: number
}>

/** A refusal is often over in seconds; the gap doubles from here. */
const FIRST_GAP_MS = 1000

/** A debt is never given up: a gateway that is down for a week is asked 24 times a day. */
const LONGEST_GAP_MS = 3_600_000

/** The order with a refund of a failed payment that was captured all the same. Its state stays: it was not sold. */
export const oweRefund = (order: Order, payment: Payment, at: number): Order => {
  const refund: Refund = {
    paymentId: payment.id,
    state: 'OWED',
    amount: payment.amount,
    attempts: 0,
    nextAttemptAt: at,
    createdAt: at,
    updatedAt: at,
  }
  const owing = { ...payment, refund, nextCheckAt: null }
  return { ...order, payments: order.payments.map((each) => (each === payment ? owing : each)) }
}

/**
 * Whether to ask for a refund now: its next attempt is due, or the last one lies further ahead than any clock should be,
 * because a clock was set back since. The gaps that double keep two clocks that differ from asking without a pause.
 */
export const isRefundDue = (
  { nextAttemptAt, updatedAt }: Pick<Refund, 'nextAttemptAt' | 'updatedAt'>,
  { now, latest }: Pick<Lease, 'now' | 'latest'>,
): boolean => nextAttemptAt <= now || updatedAt > latest

/** The refund after the gateway has confirmed it. */
export const confirmRefund = (refund: Refund, at: number): Refund => ({
  ...refund,
  state: 'CONFIRMED',
  updatedAt: at,
})

/** The refund after an attempt that came to nothing: the gap until the next one doubles, up to an hour. */
export const postponeRefund = (refund: Refund, at: number): Refund => ({
  ...refund,
  attempts: refund.attempts + 1,
  nextAttemptAt: at + Math.min(LONGEST_GAP_MS, FIRST_GAP_MS * 2 ** refund.attempts),
  updatedAt: at,
})
