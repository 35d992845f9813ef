import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Found } from '../ports/store.ts'
import { actorOf, userOf } from '../rules/caller.ts'
import { type DuplicateOrder, justPaidAfter, refuseReplaced } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { InvalidRequest } from '../rules/invalid-request.ts'
import type { Money } from '../rules/money.ts'
import type { Order, OrderNotFound } from '../rules/order.ts'
import { type IllegalTransition, move, permit } from '../rules/order-lifecycle.ts'
import {
  refuseManyUnpaid,
  type TooManyUnpaidOrders,
  type UnpaidLimitReached,
} from '../rules/order-limits.ts'
import { type Payment, pendingPayment } from '../rules/payment.ts'
import {
  type GatewayUnavailable,
  newAttempt,
  type OrderAlreadyPaid,
  type PaymentAttemptsExceeded,
  refuseManyAttempts,
  refuseOtherTotal,
  refusePaid,
  refuseUnavailable,
  type TotalChanged,
} from '../rules/payment-claim.ts'
import {
  type InsufficientStock,
  insufficientStock,
  reserve,
  shortLines,
} from '../rules/reservation.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { orderNotFound } from './get-order.ts'
import type { TrustedPorts, WriteRequest } from './request.ts'
import { namingTheOldest, wantedUnpaid } from './unpaid-limit.ts'

/** An order to charge. `expectedTotal`, when given, must be what the order costs. */
export type PaymentRequest = WriteRequest &
  Readonly<{
    orderId: string
    paymentMethod?: string | undefined
    expectedTotal?: Money | undefined
  }>

/** Why no charge is begun. A decline is not among them: it is a payment that `FAILED`. */
export type ClaimPaymentError =
  | OrderNotFound
  | IllegalTransition
  | DuplicateOrder
  | OrderAlreadyPaid
  | InvalidRequest
  | TotalChanged
  | PaymentAttemptsExceeded
  | InsufficientStock
  | TooManyUnpaidOrders
  | GatewayUnavailable
  | IdempotencyKeyReused

/**
 * The payment and the order that it is for. `begun` where this very request began the attempt and has to charge, at the
 * gateway that the database was bound to then; `repeated` where it came before, with the same key.
 */
export type Claim = Readonly<{
  payment: Payment
  order: Order
  begun?: Readonly<{ boundTo: string }>
  repeated?: true
}>

/**
 * The first step of paying: makes the intent durable before money can move. An attempt that is under way is returned
 * as it is: no second charge while the first is unknown.
 */
export const claimPayment = (
  { store, gateway, clock, newId, settings }: TrustedPorts,
  request: PaymentRequest,
  action: 'pay' | 'retryPayment',
): ResultAsync<Claim, ClaimPaymentError> => {
  const { by, orderId, paymentMethod = settings.defaultPaymentMethod } = request
  const at = clock.now()
  const canCharge = gateway.isAvailable()
  const attempt = { id: newId('pay'), paymentMethod, deadlineMs: settings.paymentDeadlineMs }
  const answer = answerOnce(
    store,
    request,
    at,
    {
      order: { orderId, userId: userOf(by) },
      boundGateway: true,
      ...(action === 'retryPayment' && {
        ...wantedUnpaid(settings),
        basket: { paidAfter: justPaidAfter(settings.duplicateWindowMs, at) },
      }),
    },
    (found): Attempt<Claim, ClaimPaymentError | UnpaidLimitReached> => {
      const { order } = found
      if (!order) return { result: err(orderNotFound(orderId)) }
      const pending = pendingPayment(order.payments)
      if (pending) {
        const claim: Claim = { payment: pending, order, ...(found.record && { repeated: true }) }
        return { result: ok(claim), waitsFor: pending.id }
      }
      const allowed = mayBegin(found, order, request, action, at)
        .andThen(() => refuseManyUnpaid(found.unpaid, settings.unpaidOrders))
        .andThen(() => refuseUnavailable(order, canCharge ? found.boundGateway : undefined))
      if (allowed.isErr()) return { result: err(allowed.error) }

      const circumstances = { actor: actorOf(by), at, paymentId: attempt.id }
      const moved = move(order, action === 'pay' ? 'startPayment' : 'retryPayment', circumstances)
      const payment = newAttempt(moved, attempt)
      const claimed = { ...moved, payments: [...order.payments, payment] }
      const movements = action === 'retryPayment' ? reserve(order, circumstances) : []
      return {
        result: ok({ payment, order: claimed, begun: { boundTo: allowed.value } }),
        changes: { order: claimed, movements },
        waitsFor: payment.id,
      }
    },
  )
  return namingTheOldest(store, settings, answer)
}

/** The rules that stand before a charge. A retry holds its stock anew, so it can be short; a first attempt holds it. */
const mayBegin = (
  { products, sameBasket }: Found,
  order: Order,
  { expectedTotal }: PaymentRequest,
  action: 'pay' | 'retryPayment',
  now: number,
): Result<unknown, ClaimPaymentError> =>
  refusePaid(order)
    .andThen(() => permit(order, action))
    .andThen(() => refuseReplaced(order, sameBasket, now))
    .andThen(() => refuseOtherTotal(order, expectedTotal))
    .andThen(() => refuseManyAttempts(order, now))
    .andThen(() => {
      const short = action === 'retryPayment' ? shortLines(order.lines, products) : []
      return short.length > 0 ? err(insufficientStock(order, short)) : ok(undefined)
    })
