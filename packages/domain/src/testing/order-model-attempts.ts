import { type ModelOrder, type ModelPayment, totalOf } from './order-model-parts.ts'

const CHECK_AGES_MS = [2, 5, 15, 30, 60, 120, 180].map((seconds) => seconds * 1000)

/** How long a customer waits for the truth at the most. */
const DEADLINE_MS = 180_000

/** When the gateway is asked next. What follows the deadline is left open: not a number stands for what the store says. */
export const nextCheckOf = (
  { createdAt, fencedAt }: Pick<ModelPayment, 'createdAt' | 'fencedAt'>,
  now: number,
): number => {
  const planned = CHECK_AGES_MS.map((age) => createdAt + age).find((at) => at > now) ?? Number.NaN
  const leftUntil = (fencedAt ?? 0) + FENCE_MS
  return leftUntil > now ? Math.min(planned, leftUntil) : planned
}

/** An edit sets about voiding the attempt: for ten seconds nobody else writes a void down. */
export const leaveToEdit = (payment: ModelPayment, now: number): void => {
  payment.fencedAt = now
  payment.nextCheckAt = nextCheckOf(payment, now)
}

/** Whether that time is not over. */
export const isLeftToEdit = ({ fencedAt }: ModelPayment, now: number): boolean =>
  fencedAt !== null && now < fencedAt + FENCE_MS

const FENCE_MS = 10_000

/** For whom a charge is sent again that never arrived: for the customer until the deadline, else in the first half minute. */
export type Payer = 'customer' | 'reconciler'
export const mayResend = (payment: ModelPayment, now: number, payer?: Payer): boolean =>
  payer !== undefined &&
  now < payment.createdAt + { customer: DEADLINE_MS, reconciler: 35_000 }[payer]

/** Whether the customer has waited that long. */
export const isLate = ({ createdAt }: ModelPayment, now: number): boolean =>
  now >= createdAt + DEADLINE_MS

/** An attempt that begins. */
export const attemptFor = (order: ModelOrder, now: number): ModelPayment => ({
  id: '',
  state: 'PENDING',
  failure: null,
  overdue: false,
  amountMinor: totalOf(order),
  orderVersion: order.history.length,
  createdAt: now,
  nextCheckAt: nextCheckOf({ createdAt: now, fencedAt: null }, now),
  fencedAt: null,
})
