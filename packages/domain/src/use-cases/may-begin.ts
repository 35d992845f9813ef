import { err, ok, type Result } from 'neverthrow'
import type { Found } from '../ports/store.ts'
import { refuseReplaced } from '../rules/duplicate-order.ts'
import { type ModificationRefused, replaceLines } from '../rules/modification.ts'
import type { Order } from '../rules/order.ts'
import { permit } from '../rules/order-lifecycle.ts'
import { refuseManyUnpaid } from '../rules/order-limits.ts'
import { pendingPayment } from '../rules/payment.ts'
import { refuseManyAttempts, refuseOtherTotal, refuseUnavailable } from '../rules/payment-claim.ts'
import { HOLDS_STOCK, insufficientStock, shortLines } from '../rules/reservation.ts'
import type { ClaimRefused, RetryPayment } from './claim-payment.ts'
import type { Edited } from './edit-order.ts'

/**
 * Who asks, when, what the order gives up in the same transaction, whether a charge would be sent now, and how many orders of
 * a user may hold stock unpaid.
 */
type Situation = Readonly<{
  actor: string
  at: number
  freed: Order['lines']
  canCharge: boolean
  unpaidOrders: number
}>

/** An order that may be charged for, with the lines that it is to have, and the gateway that will be asked. */
export type Ready = Edited & Readonly<{ boundTo: string }>

/**
 * The rules that stand before a charge, and the order that it is for. A retry holds its stock anew, so it can be short; a
 * first attempt holds it. Lines of its own may replace those of an attempt that is under way: it is fenced for them.
 */
export const mayBegin = (
  order: Order,
  request: Pick<RetryPayment, 'expectedTotal' | 'lines'>,
  action: 'pay' | 'retryPayment',
  found: Found,
  situation: Situation,
): Result<Ready, ClaimRefused> => {
  const { expectedTotal, lines } = request
  const { at, canCharge, unpaidOrders } = situation
  const held = found.order !== undefined && HOLDS_STOCK.includes(found.order.state)
  const isUnderWay = pendingPayment(order.payments) !== undefined
  const allowed: Result<Order, ClaimRefused> = isUnderWay ? ok(order) : permit(order, action)
  return allowed
    .andThen(() => withLines(order, lines, found, situation))
    .andThrough(({ order: { total } }) => refuseOtherTotal(order, expectedTotal, total))
    .andThrough(() => refuseManyAttempts(order, at))
    .andThrough(() => {
      const isHeld = action === 'pay' || lines !== undefined // New lines were looked at already.
      const short = isHeld ? [] : shortLines(order.lines, found.products)
      return short.length > 0 ? err(insufficientStock(order, short)) : ok(undefined)
    })
    .andThrough(() => (held ? ok(undefined) : refuseManyUnpaid(found.unpaid, unpaidOrders)))
    .andThen((edited) =>
      refuseUnavailable(order, canCharge ? found.boundGateway : undefined).map((boundTo) => ({
        ...edited,
        boundTo,
      })),
    )
}

const withLines = (
  order: Order,
  lines: RetryPayment['lines'],
  found: Found,
  { actor, at, freed }: Situation,
): Result<Edited, ModificationRefused> =>
  lines
    ? replaceLines(order, lines, found, { actor, at }, freed)
    : refuseReplaced(order, found.sameBasket, at).map(() => ({ order, movements: [] }))
