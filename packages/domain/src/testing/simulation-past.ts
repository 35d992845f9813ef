import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import type { Snapshot } from './snapshot.ts'

/** What the simulation knows besides. */
type Known = Readonly<{ hasRefused: (paymentId: string) => boolean; apartMs: number }>

/**
 * What has changed between two steps although it may not: history, and whatever has ended. `hasRefused` says of a
 * payment whether the gateway has declined or voided it; clocks were never further apart than `apartMs`.
 */
export const changedPast = (before: Snapshot, after: Snapshot, known: Known): readonly string[] => {
  const now = new Map(after.orders.map((order) => [order.id, order]))
  return before.orders.flatMap((order) => {
    const later = now.get(order.id)
    if (later === order) return []
    return later ? changedOrder(order, later, known) : [`C1 no order vanishes: ${order.id} did`]
  })
}

const changedOrder = (before: Order, after: Order, known: Known): readonly string[] => {
  const past = JSON.stringify(after.history.slice(0, before.history.length))
  const isRewritten = past !== JSON.stringify(before.history)
  const attempts = before.payments.flatMap((payment, index) => {
    const now = after.payments[index]
    const isFailure = payment.state === 'PENDING' && now?.state === 'FAILED'
    return isFailure ? unfounded(now, known) : changedPayment(payment, now)
  })
  const isSilent = before.version === after.version && saleOf(before) !== saleOf(after)
  return [
    ...attempts,
    ...(isRewritten ? [`I8 nothing rewrites history: ${before.id}`] : []),
    ...(isSilent ? [`I11 every change is a version: not one of ${before.id}`] : []),
  ]
}

const saleOf = ({ state, lines, total }: Order) => JSON.stringify([state, lines, total])

const changedPayment = (before: Payment, after: Payment | undefined): readonly string[] => {
  if (before === after) return []
  const { id, state, refund } = before
  if (after?.id !== id || after.amount.amountMinor !== before.amount.amountMinor) {
    return [`I15 an attempt stays what it was: ${id}`]
  }
  const isUndone = state !== 'PENDING' && after.state !== state
  const isOwedAgain = refund?.state === 'CONFIRMED' && after.refund?.state !== 'CONFIRMED'
  return [
    ...(isUndone ? [`I10 what has ended stays: ${id} was ${state}, is ${after.state}`] : []),
    ...(isOwedAgain || (refund && !after.refund) ? [`I16 a refund stays: that of ${id}`] : []),
  ]
}

/** What is wrong with how an attempt failed. */
const unfounded = (
  { id, failure, updatedAt, deadlineAt }: Payment,
  { hasRefused, apartMs }: Known,
): readonly string[] => {
  const isTimeout = failure?.code === 'acknowledgement_timeout'
  const isEarly = isTimeout && updatedAt < deadlineAt - apartMs
  return [
    ...(hasRefused(id)
      ? []
      : [`R4 an attempt fails only once the gateway has declined or voided it: not so ${id}`]),
    ...(isEarly ? [`R4 no attempt times out before its deadline: ${id} did`] : []),
  ]
}
