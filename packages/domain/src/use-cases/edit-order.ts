import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import type { Changes } from '../ports/store.ts'
import { actorOf } from '../rules/caller.ts'
import type { Order } from '../rules/order.ts'
import type { Circumstances } from '../rules/order-lifecycle.ts'
import {
  type GatewayOutcome,
  type Payment,
  pendingPayment,
  succeededPayment,
} from '../rules/payment.ts'
import { type OrderAlreadyPaid, orderAlreadyPaid } from '../rules/payment-claim.ts'
import { conclude, fenceUntil, type PaymentOutcomeUnknown } from '../rules/payment-policy.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { isFencedSince, refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
import type { Attempt } from './answer-once.ts'
import { conclusionChanges, paymentOf } from './conclude-payment.ts'
import type { ConditionalRequest, TrustedPorts } from './request.ts'

/** What the gateway said when the attempt under way was fenced, and the attempt and the order's version then. */
export type Fence = Readonly<{ payment: Payment; outcome: GatewayOutcome; version: number }>

/** The attempt that must be fenced before the order can be edited. */
export type FenceFirst = Readonly<{ fenceFirst: Payment; order: Order }>

/** An order with other lines, and all the stock that moves for them. */
export type Edited = Readonly<{ order: Order; movements: readonly StockMovement[] }>

/** A round is lost only to a new attempt that began in between; the attempt limit ends that race long before. */
const MOST_FENCES = 5

/**
 * Runs an edit; as long as it asks for a fence first, voids that attempt at the gateway, between two transactions, and runs
 * it again with what the gateway said.
 */
export const fencing = <T extends object, E>(
  ports: Pick<TrustedPorts, 'store' | 'gateway' | 'clock'>,
  edit: (fence: Fence | undefined) => ResultAsync<T | FenceFirst, E>,
  fence?: Fence,
  fencesLeft = MOST_FENCES,
): ResultAsync<T, E | PaymentOutcomeUnknown> =>
  edit(fence)
    .mapErr((error): E | PaymentOutcomeUnknown => error)
    .andThen((answer) => {
      if (!isFenceFirst(answer)) return new ResultAsync<T, E>(Promise.resolve(ok(answer)))
      const { fenceFirst: payment, order } = answer
      const unknown = outcomeUnknown(order, payment)
      if (fencesLeft === 0) return err<T, PaymentOutcomeUnknown>(unknown)
      return voidOf(ports, payment)
        .mapErr((): E | PaymentOutcomeUnknown => unknown)
        .andThen((outcome) =>
          fencing(ports, edit, { payment, outcome, version: order.version }, fencesLeft - 1),
        )
    })

/** Burns the key of the attempt, which from now on is left to the edit for a while. */
const voidOf = (
  { store, gateway, clock }: Pick<TrustedPorts, 'store' | 'gateway' | 'clock'>,
  { id }: Payment,
): ResultAsync<GatewayOutcome, OutcomeUnknown> =>
  ResultAsync.fromSafePromise(store.noteFence(id, fenceUntil(clock.now()))).andThen(() =>
    gateway.void(id),
  )

const isFenceFirst = (answer: object): answer is FenceFirst => 'fenceFirst' in answer

/**
 * Decides what an edit comes to. `change` applies the rules to the order and to what it gives up in this same transaction;
 * `finish` says what is answered and written. While an attempt is under way the edit is only tried out: nothing is voided
 * for one that would be refused in any case. A fenced attempt has ended at the gateway, so its end is written down whether
 * or not the new lines are accepted.
 */
export const decideEdit = <T, E, Change extends Edited>(
  order: Order,
  { by, expectedVersions }: ConditionalRequest,
  fence: Fence | undefined,
  at: number,
  change: (order: Order, freed: Order['lines']) => Result<Change, E>,
  finish: (edited: Change, freed: Order['lines']) => Attempt<T, E>,
): Attempt<T | FenceFirst, E | VersionMismatch | OrderAlreadyPaid> => {
  const { order: from, changes } = fence ? end(order, fence, { actor: actorOf(by), at }) : { order }
  const refuse = <E2>(error: E2) => ({ result: err(error), ...(changes && { changes }) })
  const apply = (freed: Order['lines']): Attempt<T, E> =>
    change(from, freed).match(
      (edited) => {
        const finished = finish(edited, freed)
        return { ...finished, changes: { ...changes, ...finished.changes } }
      },
      (error) => refuse(error),
    )
  const paid = succeededPayment(from.payments)
  if (fence && paid) return refuse(orderAlreadyPaid(from, paid))
  const pending = pendingPayment(order.payments)
  if (fence && pending?.id === fence.payment.id) return apply(order.lines)
  // If somebody else writes the fence's outcome down first, that is one version on, and still what the user saw.
  // So is the fence of an edit that died behind it, and comes again.
  const versions = expectedVersions?.concat(fence ? fence.version + 1 : [])
  const isFenced = expectedVersions !== undefined && isFencedSince(from, expectedVersions)
  const mismatch = refuseOtherVersion({ order: from }, isFenced ? undefined : versions)
  if (mismatch.isErr()) return refuse(mismatch.error)
  if (!pending) return apply([])
  return change(from, []).match(
    (): Attempt<FenceFirst, E> => ({
      ...{ result: ok({ order: from, fenceFirst: pending }), interim: true },
      ...(changes && { changes }),
    }),
    (error) => refuse(error),
  )
}

/**
 * What the fence's outcome makes of the order: the end of the attempt, unless somebody else has written that down; money that
 * was taken for one that had failed by then is owed back.
 */
const end = (
  order: Order,
  { payment, outcome }: Fence,
  circumstances: Circumstances,
): Readonly<{ order: Order; changes?: Changes }> => {
  const asked = { ...circumstances, asked: payment }
  const { order: ended, movements } = conclude(order, payment.id, outcome, asked, true)
  if (ended === order) return { order }
  const isOwed = paymentOf(order, payment.id).state !== 'PENDING'
  return {
    order: ended,
    changes: isOwed ? { order: ended } : conclusionChanges(ended, payment.id, movements),
  }
}

const outcomeUnknown = (order: Order, payment: Payment): PaymentOutcomeUnknown => ({
  code: 'payment_outcome_unknown',
  detail: `The gateway cannot say now what became of the payment ${payment.id}. The order is unchanged.`,
  order,
  payment,
})
