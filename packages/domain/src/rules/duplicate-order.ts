import { createHash } from 'node:crypto'
import { err, ok, type Result } from 'neverthrow'
import type { Order, RequestedLine } from './order.ts'
import { type OrderState, type UserAction, userActions } from './order-lifecycle.ts'

/**
 * Names a basket of a user. An order of it that was paid counts if that was later than `paidAfter`, in ms since 1970; without
 * a `paidAfter` none that was paid does.
 */
export type BasketRef = Readonly<{
  fingerprint?: string | undefined
  userId?: string | undefined
  paidAfter?: number | undefined
}>

/** The user has an order of the same basket that is open or was just paid: it is given, with what can be done with it. */
export type DuplicateOrder = Readonly<{
  code: 'duplicate_order'
  detail: string
  order: Order
  allowed: readonly UserAction[]
}>

/** Longer than an impatient customer waits before ordering once more, shorter than it takes to want the same things again. */
export const DEFAULT_DUPLICATE_WINDOW_MS = 300_000

/** The states in which an order stands in the way of an identical one, unless it failed and was let go. */
export const OPEN_STATES: readonly OrderState[] = [
  'CREATED',
  'ORDER_FAILED',
  'PAYMENT_IN_PROGRESS',
  'PAYMENT_FAILED',
]

/** Whether the system has let the order go, and nobody has touched it since: a retry or an edit makes it count again. */
export const isLetGo = ({ history }: Pick<Order, 'history'>): boolean =>
  history.at(-1)?.action === 'letGo'

/** Whether the order is neither paid nor cancelled nor let go. */
export const isOpen = (order: Pick<Order, 'state' | 'history'>): boolean =>
  OPEN_STATES.includes(order.state) && !isLetGo(order)

/** The time after which an order was paid that was paid less than the window before `now`; none without a window. */
export const justPaidAfter = (windowMs: number, now: number): number | undefined =>
  windowMs > 0 ? now - windowMs : undefined

/** Whether the order was paid later than `after`: nothing follows the payment, so an order keeps its time. */
export const isPaidAfter = (
  { state, updatedAt }: Pick<Order, 'state' | 'updatedAt'>,
  after: number,
): boolean => state === 'PAYMENT_DONE' && updatedAt > after

/**
 * The same for two baskets of the same products in the same quantities, whatever their order and prices; 64 hexadecimal
 * digits. A hash, because an index row in PostgreSQL holds no more than 2,700 bytes.
 */
export const basketFingerprint = (lines: readonly RequestedLine[]): string =>
  createHash('sha256')
    .update(
      lines
        .map(({ productId, quantity }) => `${productId}=${quantity}`)
        .sort()
        .join('\n'),
    )
    .digest('hex')

/** Whether the order is of just these products in these quantities. */
const hasBasket = ({ lines }: Order, requested: readonly RequestedLine[]): boolean =>
  lines === requested || basketFingerprint(lines) === basketFingerprint(requested)

/**
 * Refuses a basket of which its user has an order that is open, or that was just paid: the double click that hurts comes
 * after the payment. `allowDuplicate` is the user's explicit way round. The unique index `orders_open_basket` holds the
 * rule of the open ones against races, and the store that of the paid ones.
 */
export const refuseDuplicate = (
  sameBasket: Order | undefined,
  allowDuplicate: boolean,
  now: number,
): Result<void, DuplicateOrder> =>
  sameBasket === undefined || allowDuplicate
    ? ok(undefined)
    : err(
        duplicateOf(
          sameBasket,
          `${named(sameBasket, now)} has the same products in the same quantities.`,
        ),
      )

/** The refusal that names the order which is there already, and says why it is the same. */
export const duplicateOf = (order: Order, detail: string): DuplicateOrder => ({
  ...{ code: 'duplicate_order', detail, order },
  allowed: userActions[order.state],
})

const named = ({ id, state, updatedAt }: Order, now: number): string =>
  state === 'PAYMENT_DONE'
    ? `The order ${id}, paid ${Math.max(0, Math.round((now - updatedAt) / 1000))} s ago,`
    : `The open order ${id}`

/**
 * Refuses to go on with an order, as it is or with the lines of an edit, where its user has another one of that basket. The
 * basket that it has already makes no new duplicate, unless it was let go: then another one may have taken its place since.
 */
export const refuseReplaced = (
  order: Order,
  sameBasket: Order | undefined,
  now: number,
  requested: readonly RequestedLine[] = order.lines,
): Result<void, DuplicateOrder> => {
  const keepsItsOwn = !isLetGo(order) && hasBasket(order, requested)
  return refuseDuplicate(sameBasket, order.allowDuplicate || keepsItsOwn, now)
}
