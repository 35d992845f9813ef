import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { Wanted } from '../ports/store.ts'
import { actorOf } from '../rules/caller.ts'
import { basketFingerprint } from '../rules/duplicate-order.ts'
import { checkLines, type Order, type RequestedLine } from '../rules/order.ts'
import type { Circumstances } from '../rules/order-lifecycle.ts'
import {
  type GatewayOutcome,
  type Payment,
  pendingPayment,
  succeededPayment,
} from '../rules/payment.ts'
import { type OrderAlreadyPaid, orderAlreadyPaid } from '../rules/payment-claim.ts'
import { conclude, leaveToEdit, type PaymentOutcomeUnknown } from '../rules/payment-policy.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { refuseOtherVersion, type VersionMismatch } from '../rules/version.ts'
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
  gateway: TrustedPorts['gateway'],
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
      return gateway
        .void(payment.id)
        .mapErr((): E | PaymentOutcomeUnknown => unknown)
        .andThen((outcome) =>
          fencing(gateway, edit, { payment, outcome, version: order.version }, fencesLeft - 1),
        )
    })

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
  const apply = (from: Order, freed: Order['lines']) =>
    change(from, freed).match(
      (edited) => finish(edited, freed),
      (error): Attempt<T, E> => ({ result: err(error) }),
    )
  const pending = pendingPayment(order.payments)
  if (fence && pending?.id === fence.payment.id) {
    const ended = end(order, fence, { actor: actorOf(by), at })
    if (ended.refusal) return { result: err(ended.refusal), changes: ended.changes }
    const applied = apply(ended.order, order.lines)
    return { ...applied, changes: { ...ended.changes, ...applied.changes } }
  }
  const paid = succeededPayment(order.payments)
  if (fence && paid) return { result: err(orderAlreadyPaid(order, paid)) }
  // If somebody else writes the fence's outcome down first, that is one version on, and still what the user saw.
  const versions = expectedVersions?.concat(fence ? fence.version + 1 : [])
  const mismatch = refuseOtherVersion({ order }, versions)
  if (mismatch.isErr()) return { result: err(mismatch.error) }
  if (!pending) return apply(order, [])
  return change(order, []).match(
    () => fenceFirst(order, pending, at),
    (error) => ({ result: err(error) }),
  )
}

/** Asks for the fence, and has others leave its end to this edit. */
const fenceFirst = (order: Order, pending: Payment, at: number): Attempt<FenceFirst, never> => {
  const left = leaveToEdit(order, pending, at)
  return {
    result: ok({ order: left.order, fenceFirst: left.payment }),
    changes: { order: left.order },
    interim: true,
  }
}

/** What the end of the fenced attempt writes; a refusal where the money had been taken. */
const end = (order: Order, { payment, outcome }: Fence, circumstances: Circumstances) => {
  const asked = { ...circumstances, checkedAt: payment.nextCheckAt }
  const ended = conclude(order, payment.id, outcome, asked, true)
  const changes = conclusionChanges(ended.order, payment.id, ended.movements)
  return outcome.state === 'captured'
    ? { changes, refusal: orderAlreadyPaid(ended.order, paymentOf(ended.order, payment.id)) }
    : { changes, order: ended.order }
}

const outcomeUnknown = (order: Order, payment: Payment): PaymentOutcomeUnknown => ({
  code: 'payment_outcome_unknown',
  detail: `The gateway cannot say now what became of the payment ${payment.id}. The order is unchanged.`,
  order,
  payment,
})

/** What must be read to judge new lines of an order; of what was paid after `paidAfter`, too. Faulty ones are refused unseen, however many products they name. */
export const wantedForLines = (
  lines: readonly RequestedLine[],
  paidAfter: number | undefined,
): Wanted =>
  checkLines(lines)
    ? {}
    : {
        productIds: lines.map(({ productId }) => productId),
        basket: { fingerprint: basketFingerprint(lines), paidAfter },
      }
