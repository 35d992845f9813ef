import { isFree, leaseOf } from './lease.ts'
import type { Order } from './order.ts'
import { type Circumstances, move } from './order-lifecycle.ts'
import type { GatewayOutcome, Payment, PaymentFailure, StillPending } from './payment.ts'
import { oweRefund } from './refund.ts'
import { deduct, release, type StockMovement } from './reservation.ts'

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

/** Somebody waits until the deadline, however late that is: until then a question is never more than a minute away. */
export const LONGEST_EARLY_GAP_MS = 60_000

/** A gateway that is down for a day is asked 24 times a payment, not thousands of times. */
export const LONGEST_CHECK_GAP_MS = 3_600_000

/** What a gateway captures in spite of a void it books within hours: a fenced attempt is looked at for one day more. */
const WATCH_MS = 86_400_000

type Times = Pick<Payment, 'createdAt' | 'deadlineAt'>

/**
 * When to ask the gateway next: at the ages of `CHECK_SCHEDULE_MS` and then every minute until the deadline, at the
 * deadline, and from then on after half of the attempt's age, at most an hour. An attempt that lies in the future, because
 * the clock was set back, is asked about every minute until its time has come.
 */
export const nextCheckAt = ({ createdAt, deadlineAt }: Times, now: number): number => {
  if (now >= deadlineAt) return now + gapAt(createdAt, now)
  const planned = CHECK_SCHEDULE_MS.map((age) => createdAt + age).find((at) => at > now)
  return Math.min(planned ?? deadlineAt, deadlineAt, now + LONGEST_EARLY_GAP_MS)
}

/**
 * Whether a check lies further ahead than the longest gap of its attempt's age. No plan of this clock put it there, so the
 * clock was set back or is behind another one's: the check is due now, or nobody would look until the clock has caught up.
 * The gap is a minute at the least, so that clocks that are a little apart do not pull at each other's plans.
 */
export const isTooFarAhead = (
  { state, createdAt, deadlineAt, nextCheckAt: at }: Times & Pick<Payment, 'state' | 'nextCheckAt'>,
  now: number,
): boolean => {
  if (at === null || at - now <= LONGEST_EARLY_GAP_MS) return false
  const isEarly = state === 'PENDING' && now < deadlineAt
  return isEarly || at - now > gapAt(createdAt, now)
}

/**
 * When to look again at an attempt that has failed, in case that its money moves all the same: for a day from its end, and
 * on until the gateway has answered once more; then null.
 */
export const nextWatchAt = (
  { createdAt, updatedAt }: Pick<Payment, 'createdAt' | 'updatedAt'>,
  now: number,
  isAnswered: boolean,
): number | null => (isAnswered && now >= updatedAt + WATCH_MS ? null : now + gapAt(createdAt, now))

/** Half of the age; the age of an attempt that lies in the future is not known. */
const gapAt = (createdAt: number, now: number): number =>
  now < createdAt
    ? LONGEST_EARLY_GAP_MS
    : Math.min(LONGEST_CHECK_GAP_MS, Math.max(1000, Math.ceil((now - createdAt) / 2)))

/**
 * Whether an answer of the gateway changes anything: any end of an attempt that is under way, and money that was taken
 * for one that has failed.
 */
export const isNews = (
  { state, refund }: Pick<Payment, 'state' | 'refund'>,
  answer: GatewayOutcome | StillPending | undefined,
): answer is GatewayOutcome => {
  if (answer === undefined || answer.state === 'pending') return false
  return state === 'PENDING' || (state === 'FAILED' && !refund && answer.state === 'captured')
}

/** Whether the three minutes are over, so that only a fence can end the attempt safely. */
export const isPastDeadline = ({ deadlineAt }: Pick<Payment, 'deadlineAt'>, now: number): boolean =>
  now >= deadlineAt

/** For whom a charge is sent again: a customer who asks for it just now, or the reconciler, of its own accord. */
export type Payer = 'customer' | 'reconciler'

/** The reconciler's look at thirty seconds comes a little late, and is the last that sends a charge again. */
const RESENDS_FOR_MS = 35_000

/**
 * Whether a charge that the gateway has never seen may be sent again, as it was and under its own key: until the deadline,
 * at which the attempt is fenced. Unasked only while the customer is likely to be still there: whoever went away should not
 * find a purchase made minutes later.
 */
export const mayResend = (
  { state, createdAt, deadlineAt }: Pick<Payment, 'state' | 'createdAt' | 'deadlineAt'>,
  now: number,
  payer: Payer,
): boolean =>
  state === 'PENDING' &&
  now < deadlineAt &&
  (payer === 'customer' || now < createdAt + RESENDS_FOR_MS)

/** How long an edit that fences an attempt at `now` may take to write down what came of it; then others do. */
export const fenceUntil = (now: number): number => leaseOf(now, now, 1).until

/**
 * Whether it is for an edit to write down that the attempt was voided: it has done so just now, and goes on in the same
 * transaction. If anybody else wrote it down first, the stock would be free in between.
 */
const isLeftToEdit = ({ fencedUntil }: Payment, now: number): boolean =>
  fencedUntil !== null && !isFree(fencedUntil, leaseOf(now, now, 1))

/**
 * Writes the gateway's answer into the order: captured takes the stock, declined and voided give it back. An attempt
 * that has ended already stays as it is, so that concluding twice changes nothing; but money that shows up for one that
 * has failed is owed back. `byEdit` says that an edit voided it; anybody else leaves a void to an edit that has done it.
 * `asked` is the attempt as it stood when the gateway was asked: if somebody has asked for another check meanwhile, or has made
 * one and found nothing out, they may know what this answer does not, and the next check stays planned.
 */
export const conclude = (
  order: Order,
  paymentId: string,
  outcome: GatewayOutcome,
  {
    actor,
    at,
    asked,
  }: Pick<Circumstances, 'actor' | 'at'> &
    Readonly<{ asked?: Pick<Payment, 'nextCheckAt' | 'checks'> }>,
  byEdit = false,
): Readonly<{ order: Order; movements: readonly StockMovement[] }> => {
  const payment = order.payments.find(({ id }) => id === paymentId)
  if (!payment || !isNews(payment, outcome)) return { order, movements: [] }
  if (payment.state === 'FAILED') return { order: oweRefund(order, payment, at), movements: [] }
  const isVoid = outcome.state === 'voided'
  if (isVoid && !byEdit && isLeftToEdit(payment, at)) return { order, movements: [] }
  const isEdits = payment.fencedUntil !== null && !isPastDeadline(payment, at)
  const failure = failureOf(outcome, byEdit || isEdits)
  const circumstances = { actor, at, paymentId, reason: failure?.code ?? null }
  const moved = move(order, failure ? 'paymentFailed' : 'paymentSucceeded', circumstances)
  const { updatedAt } = moved
  const watchAt = isVoid ? nextWatchAt({ ...payment, updatedAt }, updatedAt, true) : null
  const { nextCheckAt: checkedAt, checks } = asked ?? payment
  const isAskedFor = payment.nextCheckAt !== checkedAt || payment.checks !== checks
  const ended: Payment = {
    ...payment,
    state: failure ? 'FAILED' : 'SUCCEEDED',
    outcome: null,
    fencedUntil: null,
    failure,
    overdue: false,
    nextCheckAt: failure && isAskedFor ? payment.nextCheckAt : watchAt,
    updatedAt,
  }
  const payments = order.payments.map((each) => (each.id === paymentId ? ended : each))
  return {
    order: { ...moved, payments },
    movements: (failure ? release : deduct)(order, { actor, at }),
  }
}

/**
 * Only two things fence an attempt: an edit of its order, which has left its mark by then, and its deadline; what time it is
 * does not tell them apart, since clocks differ.
 */
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
