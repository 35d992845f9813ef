import { err, ok, type ResultAsync } from 'neverthrow'
import type { Found, Wanted } from '../ports/store.ts'
import { actorOf, userOf } from '../rules/caller.ts'
import { justPaidAfter } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { ModificationRefused } from '../rules/modification.ts'
import type { Money } from '../rules/money.ts'
import type { Order, OrderNotFound, RequestedLine } from '../rules/order.ts'
import { move } from '../rules/order-lifecycle.ts'
import type { TooManyUnpaidOrders, UnpaidLimitReached } from '../rules/order-limits.ts'
import { type Payment, pendingPayment } from '../rules/payment.ts'
import {
  type GatewayUnavailable,
  newAttempt,
  type OrderAlreadyPaid,
  type PaymentAttemptsExceeded,
  refusePaid,
  type TotalChanged,
} from '../rules/payment-claim.ts'
import type { PaymentOutcomeUnknown } from '../rules/payment-policy.ts'
import { exchange } from '../rules/reservation.ts'
import {
  isBegunByThisEdit,
  isBegunFrom,
  refuseOtherVersion,
  type VersionMismatch,
} from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { decideEdit, type Fence, type FenceFirst, fencing } from './edit-order.ts'
import { orderNotFound } from './get-order.ts'
import { mayBegin, type Ready } from './may-begin.ts'
import type { ConditionalRequest, TrustedPorts } from './request.ts'
import { namingTheOldest, wantedUnpaid } from './unpaid-limit.ts'
import { wantedForLines } from './wanted-for-lines.ts'

/** An order to charge. `expectedTotal`, when given, must be what the order costs. */
export type PaymentRequest = ConditionalRequest &
  Readonly<{
    orderId: string
    paymentMethod?: string | undefined
    expectedTotal?: Money | undefined
  }>

/** An order to charge again; with `lines` for those instead, of which `expectedTotal` is then the total. */
export type RetryPayment = PaymentRequest &
  Readonly<{ lines?: readonly RequestedLine[] | undefined }>

/**
 * Why no charge is begun; some of it only where the request brings lines. A decline is not among them: it is a payment that
 * `FAILED`.
 */
export type ClaimPaymentError =
  | OrderNotFound
  | VersionMismatch
  | ModificationRefused
  | OrderAlreadyPaid
  | PaymentOutcomeUnknown
  | TotalChanged
  | PaymentAttemptsExceeded
  | TooManyUnpaidOrders
  | GatewayUnavailable
  | IdempotencyKeyReused

/** The same, before the oldest unpaid order is looked up. */
export type ClaimRefused = ClaimPaymentError | UnpaidLimitReached

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
 * as it is: no second charge while the first is unknown. A retry with lines of its own fences it first, and then replaces the
 * lines, reserves them and claims the new attempt in one transaction, so that what stays in the basket is never free.
 */
export const claimPayment = (
  ports: TrustedPorts,
  request: RetryPayment,
  action: 'pay' | 'retryPayment',
): ResultAsync<Claim, ClaimPaymentError> =>
  namingTheOldest<Claim, ClaimPaymentError>(
    ports.store,
    ports.settings,
    fencing<Claim, ClaimRefused>(ports, (fence) => tryClaim(ports, request, action, fence)),
  )

const tryClaim = (
  { store, gateway, clock, newId, settings }: TrustedPorts,
  request: RetryPayment,
  action: 'pay' | 'retryPayment',
  fence: Fence | undefined,
): ResultAsync<Claim | FenceFirst, ClaimRefused> => {
  const { by, orderId, paymentMethod = settings.defaultPaymentMethod } = request
  const lines = action === 'retryPayment' ? request.lines : undefined
  const at = clock.now()
  const actor = actorOf(by)
  const canCharge = fence !== undefined || gateway.isAvailable() // It has just answered, and the stock must not get free.
  const attempt = { id: newId('pay'), paymentMethod, deadlineMs: settings.paymentDeadlineMs }
  const paidAfter = justPaidAfter(settings.duplicateWindowMs, at)
  const wanted: Wanted = {
    ...{ order: { orderId, userId: userOf(by) }, boundGateway: true },
    ...(action === 'retryPayment' && { ...wantedUnpaid(settings), basket: { paidAfter } }),
    ...(lines && wantedForLines(lines, { paidAfter })),
  }
  return answerOnce(
    { store, settings },
    request,
    at,
    wanted,
    (found): Attempt<Claim | FenceFirst, ClaimRefused> => {
      const { order } = found
      if (!order) return { result: err(orderNotFound(orderId)) }
      const begin = ({ order: from, boundTo }: Ready, freed: Order['lines']) => {
        const circumstances = { actor, at, paymentId: attempt.id }
        const moved = move(from, action === 'pay' ? 'startPayment' : 'retryPayment', circumstances)
        const payment = newAttempt(moved, { ...attempt, gatewayId: boundTo })
        const claimed = { ...moved, payments: [...from.payments, payment] }
        const movements =
          action === 'retryPayment' ? exchange(orderId, freed, claimed.lines, circumstances) : []
        return {
          result: ok<Claim>({ payment, order: claimed, begun: { boundTo } }),
          changes: { order: claimed, movements },
          waitsFor: payment.id,
        }
      }
      const pending = pendingPayment(order.payments)
      const isOther =
        pending && lines && !found.record && !isBegunByThisEdit(order, { lines, actor })
      if (pending && !isOther) return underWay(found, order, pending, { ...request, lines, actor })
      const paid = fence ? ok(undefined) : refusePaid(order)
      if (paid.isErr()) return { result: err(paid.error) }
      const change = (from: Order, freed: Order['lines']) =>
        mayBegin(from, { ...request, lines }, action, found, {
          ...{ actor, at, freed, canCharge, unpaidOrders: settings.unpaidOrders },
        })
      return decideEdit<Claim, ClaimRefused, Ready>(order, request, fence, at, change, begin)
    },
  )
}

/** The attempt under way, as it stands. */
const underWay = (
  { record }: Found,
  order: Order,
  payment: Payment,
  { expectedVersions, lines, actor }: RetryPayment & Readonly<{ actor: string }>,
): Attempt<Claim, VersionMismatch> => {
  const isExpected =
    record || !expectedVersions || isBegunFrom(order, { lines, actor }, expectedVersions)
  const mismatch = refuseOtherVersion({ order }, isExpected ? undefined : expectedVersions)
  if (mismatch.isErr()) return { result: err(mismatch.error) }
  const claim: Claim = { payment, order, ...(record && { repeated: true }) }
  return { result: ok(claim), waitsFor: payment.id }
}
