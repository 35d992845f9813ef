import { ok } from 'neverthrow'
import type { Changes } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import type { GatewayOutcome, Payment } from '../rules/payment.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { writeOutcome } from './answer-once.ts'
import type { Claim } from './claim-payment.ts'
import type { Ports } from './request.ts'
import { untilWhen } from './until-when.ts'

/** The payment and its order as they are now. `byOther`: the attempt had ended before. */
export type Conclusion = Claim & Readonly<{ byOther: boolean }>

/**
 * The only place where an attempt ends, whoever learnt its outcome: the request that charged, the reconciler, or an
 * edit that fenced it. Ending it again changes nothing, except that a capture of one that failed is owed back.
 */
export const concludePayment = (
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  asked: Payment,
  outcome: GatewayOutcome,
  actor: string,
): Promise<Conclusion> => {
  const { id: paymentId } = asked
  const circumstances = { actor, at: clock.now(), asked }
  return store.transaction({ order: { paymentId } }, ({ order }) => {
    if (!order) throw new Error(`The store has lost the payment ${paymentId}.`)
    const byOther = paymentOf(order, paymentId).state !== 'PENDING'
    const { order: concluded, movements } = conclude(order, paymentId, outcome, circumstances)
    const value = { ...told(concluded, paymentId), byOther }
    if (concluded === order) return { value }
    if (byOther) return { value, changes: { order: concluded } } // The keys had their answer when it ended.
    return { value, changes: conclusionChanges(concluded, paymentId, movements) }
  })
}

/** What the end of an attempt writes, the answers of the keys that waited for it included. */
export const conclusionChanges = (
  order: Order,
  paymentId: string,
  movements: readonly StockMovement[],
): Changes => ({
  order,
  movements,
  concluded: {
    paymentId,
    outcome: writeOutcome(ok(told(order, paymentId))),
  },
})

/** As it is answered. An order that has a payment is not `CREATED` any more, so no lifetime matters. */
const told = (order: Order, paymentId: string): Claim => ({
  payment: paymentOf(order, paymentId),
  order: untilWhen(order, 0),
})

/** The payment of an order that is known to have it. */
export const paymentOf = (order: Order, paymentId: string): Payment => {
  const payment = order.payments.find(({ id }) => id === paymentId)
  if (!payment) throw new Error(`The order ${order.id} has no payment ${paymentId}.`)
  return payment
}
