import { err, ok, type ResultAsync } from 'neverthrow'
import { actorOf, userOf } from '../rules/caller.ts'
import { justPaidAfter } from '../rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import { areMetadata, type Metadata, sameMetadata } from '../rules/metadata.ts'
import { type ModificationRefused, replaceLines } from '../rules/modification.ts'
import type { Order, OrderNotFound, RequestedLine } from '../rules/order.ts'
import type { OrderAlreadyPaid } from '../rules/payment-claim.ts'
import type { PaymentOutcomeUnknown } from '../rules/payment-policy.ts'
import { anId, optional } from '../rules/request-shape.ts'
import { isThisEdit, type VersionMismatch } from '../rules/version.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { aReason, areLines, checked, conditional, written } from './checked.ts'
import { decideEdit, type Edited, type Fence, type FenceFirst, fencing } from './edit-order.ts'
import { orderNotFound } from './get-order.ts'
import type { ConditionalRequest, TrustedPorts } from './request.ts'
import { wantedForLines } from './wanted-for-lines.ts'

/**
 * New lines for an order, new `metadata` if it is given, and perhaps why. An order that is what this very edit has made of
 * an expected version is given as it is.
 */
export type ModifyOrder = ConditionalRequest &
  Readonly<{
    orderId: string
    lines: readonly RequestedLine[]
    metadata?: Metadata | undefined
    reason?: string | undefined
  }>

/** Why an order keeps its lines. */
export type ModifyOrderError =
  | OrderNotFound
  | VersionMismatch
  | ModificationRefused
  | OrderAlreadyPaid
  | PaymentOutcomeUnknown
  | IdempotencyKeyReused

type Answer = Readonly<{ order: Order }>

/**
 * Replaces the lines of an order in its payment phase, at today's prices. A payment under way is fenced at the gateway
 * first, between two transactions; what the gateway says is written down together with the new lines.
 */
export const modifyOrder = (ports: TrustedPorts) =>
  checked(
    {
      ...{ ...written, ...conditional, orderId: anId, lines: areLines },
      ...{ metadata: optional(areMetadata), reason: optional(aReason) },
    },
    (request: ModifyOrder): ResultAsync<Order, ModifyOrderError> =>
      fencing<Answer, ModifyOrderError>(ports, (fence) => tryEdit(ports, request, fence)).map(
        ({ order }) => order,
      ),
  )

const tryEdit = (
  { store, clock, settings }: Pick<TrustedPorts, 'store' | 'clock' | 'settings'>,
  request: ModifyOrder,
  fence: Fence | undefined,
): ResultAsync<Answer | FenceFirst, ModifyOrderError> => {
  const { by, orderId, lines, reason = null } = request
  const actor = actorOf(by)
  const at = clock.now()
  const paidAfter = justPaidAfter(settings.duplicateWindowMs, at)
  const wanted = { order: { orderId, userId: userOf(by) }, ...wantedForLines(lines, { paidAfter }) }
  return answerOnce(
    { store, settings },
    request,
    at,
    wanted,
    (found): Attempt<Answer | FenceFirst, ModifyOrderError> => {
      const { order } = found
      if (!order) return { result: err(orderNotFound(orderId)) }
      const { metadata = order.metadata } = request
      if (
        isThisEdit(order, { lines, reason, actor }, request.expectedVersions) &&
        sameMetadata(metadata, order.metadata)
      ) {
        return { result: ok({ order }) }
      }
      return decideEdit<Answer, ModificationRefused, Edited>(
        order,
        request,
        fence,
        at,
        (from, freed) =>
          replaceLines({ ...from, metadata }, lines, found, { actor, at, reason }, freed),
        (edited) => ({ result: ok({ order: edited.order }), changes: edited }),
      )
    },
  )
}
