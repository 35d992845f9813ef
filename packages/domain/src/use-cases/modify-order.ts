import { err, ok, type ResultAsync } from 'neverthrow'
import type { Found, Wanted } from '../ports/store.ts'
import { actorOf, userOf } from '../rules/caller.ts'
import { basketFingerprint, justPaidAfter } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import { areMetadata, type Metadata, sameMetadata } from '../rules/metadata.ts'
import { type ModificationRefused, replaceLines } from '../rules/modification.ts'
import { checkLines, type Order, type OrderNotFound, type RequestedLine } from '../rules/order.ts'
import type { Circumstances } from '../rules/order-lifecycle.ts'
import {
  type GatewayOutcome,
  type Payment,
  pendingPayment,
  succeededPayment,
} from '../rules/payment.ts'
import { type OrderAlreadyPaid, orderAlreadyPaid } from '../rules/payment-claim.ts'
import { conclude, type PaymentOutcomeUnknown } from '../rules/payment-policy.ts'
import { anId, listOf, optional, wholeNumber } from '../rules/request-shape.ts'
import { isThisEdit, refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { areLines, checked, written } from './checked.ts'
import { conclusionChanges, paymentOf } from './conclude-payment.ts'
import { orderNotFound } from './get-order.ts'
import type { TrustedPorts, WriteRequest } from './request.ts'

/**
 * New lines for an order, and new `metadata` if it is given. `expectedVersions`, when given, lists the versions that the user may have seen; an order that is
 * what this very edit has made of one of them is given as it is.
 */
export type ModifyOrder = WriteRequest &
  Readonly<{
    orderId: string
    lines: readonly RequestedLine[]
    metadata?: Metadata | undefined
    expectedVersions?: readonly number[] | undefined
  }>

/** Why an order keeps its lines. */
export type ModifyOrderError =
  | OrderNotFound
  | VersionMismatch
  | ModificationRefused
  | OrderAlreadyPaid
  | PaymentOutcomeUnknown
  | IdempotencyKeyReused

/** What the gateway said when the attempt under way was fenced, and the attempt and the order's version then. */
type Fence = Readonly<{ payment: Payment; outcome: GatewayOutcome; version: number }>

/** Either the edited order, or the attempt that must be fenced before the order can be edited. */
type Edit = Readonly<{ order: Order; fenceFirst?: Payment }>

/** A round is lost only to a new attempt that began in between; the attempt limit ends that race long before. */
const MOST_FENCES = 5

/**
 * Replaces the lines of an order in its payment phase, at today's prices. A payment under way is fenced at the gateway
 * first, between two transactions; what the gateway says is written down together with the new lines.
 */
export const modifyOrder = (ports: TrustedPorts) =>
  checked(
    {
      ...written,
      orderId: anId,
      lines: areLines,
      metadata: optional(areMetadata),
      expectedVersions: optional(listOf(wholeNumber(1))),
    },
    (request: ModifyOrder): ResultAsync<Order, ModifyOrderError> =>
      edit(ports, request, undefined, MOST_FENCES),
  )

const edit = (
  ports: TrustedPorts,
  request: ModifyOrder,
  fence: Fence | undefined,
  fencesLeft: number,
): ResultAsync<Order, ModifyOrderError> =>
  tryEdit(ports, request, fence).andThen(({ order, fenceFirst: payment }) => {
    if (!payment) return ok(order)
    if (fencesLeft === 0) return err(outcomeUnknown(order, payment))
    return ports.gateway
      .void(payment.id)
      .mapErr((): ModifyOrderError => outcomeUnknown(order, payment))
      .andThen((outcome) => {
        const fenced = { payment, outcome, version: order.version }
        return edit(ports, request, fenced, fencesLeft - 1)
      })
  })

const tryEdit = (
  { store, clock, settings }: Pick<TrustedPorts, 'store' | 'clock' | 'settings'>,
  request: ModifyOrder,
  fence: Fence | undefined,
): ResultAsync<Edit, ModifyOrderError> => {
  const circumstances = { actor: actorOf(request.by), at: clock.now() }
  // If somebody else writes the fence's outcome down first, that is one version on, and still what the user saw.
  const versions = request.expectedVersions?.concat(fence ? fence.version + 1 : [])
  const paidAfter = justPaidAfter(settings.duplicateWindowMs, circumstances.at)
  const wanted = wantedFor(request, paidAfter)
  return answerOnce(store, request, circumstances.at, wanted, (found) => {
    const { order } = found
    if (!order) return { result: err(orderNotFound(request.orderId)) }
    const pending = pendingPayment(order.payments)
    if (pending && pending.id === fence?.payment.id) {
      return editFenced(order, fence, request, found, circumstances)
    }
    const paid = succeededPayment(order.payments)
    if (fence && paid) return { result: err(orderAlreadyPaid(order, paid)) }
    const mismatch = refuseOtherVersion({ order }, versions)
    if (mismatch.isErr()) {
      const { lines, metadata = order.metadata, expectedVersions, by } = request
      const isMade =
        isThisEdit(order, lines, expectedVersions, actorOf(by)) &&
        sameMetadata(metadata, order.metadata)
      return { result: isMade ? ok({ order }) : err(mismatch.error) }
    }
    const edited = replaceLines(order, request.lines, found, circumstances)
    if (edited.isErr()) return { result: err(edited.error) }
    // Nothing is voided for an edit that would be refused in any case: it was just tried out.
    if (pending) return { result: ok({ order, fenceFirst: pending }), interim: true }
    const described = describe(edited.value.order, request)
    return { result: ok({ order: described }), changes: { ...edited.value, order: described } }
  })
}

/** The attempt has ended at the gateway, so its end is written down whether or not the new lines are accepted. */
const editFenced = (
  order: Order,
  { payment: fenced, outcome }: Fence,
  request: ModifyOrder,
  found: Found,
  circumstances: Circumstances,
): Attempt<Edit, ModifyOrderError> => {
  const asked = { ...circumstances, checkedAt: fenced.nextCheckAt }
  const ended = conclude(order, fenced.id, outcome, asked, true)
  const changes = conclusionChanges(ended.order, fenced.id, ended.movements)
  if (outcome.state === 'captured') {
    const payment = paymentOf(ended.order, fenced.id)
    return { result: err(orderAlreadyPaid(ended.order, payment)), changes }
  }
  const edited = replaceLines(ended.order, request.lines, found, circumstances, order.lines)
  if (edited.isErr()) return { result: err(edited.error), changes }
  const described = describe(edited.value.order, request)
  return { result: ok({ order: described }), changes: { ...changes, order: described } }
}

const describe = (order: Order, { metadata = order.metadata }: ModifyOrder): Order => ({
  ...order,
  metadata,
})

const wantedFor = ({ by, orderId, lines }: ModifyOrder, paidAfter: number | undefined): Wanted => ({
  order: { orderId, userId: userOf(by) },
  ...(!checkLines(lines) && {
    productIds: lines.map(({ productId }) => productId),
    basket: { fingerprint: basketFingerprint(lines), paidAfter },
  }),
})

const outcomeUnknown = (order: Order, payment: Payment): PaymentOutcomeUnknown => ({
  code: 'payment_outcome_unknown',
  detail: `The gateway cannot say now what became of the payment ${payment.id}. The order is unchanged.`,
  order,
  payment,
})
