import { createHash } from 'node:crypto'
import { err, ok, type Result } from 'neverthrow'
import type { Order, RequestedLine } from './order.ts'
import { type OrderState, type UserAction, userActions } from './order-lifecycle.ts'

/** The user already has an open order of the same basket: it is given, with what can be done with it. */
export type DuplicateOrder = Readonly<{
  code: 'duplicate_order'
  detail: string
  order: Order
  allowed: readonly UserAction[]
}>

/** The states in which an order still stands in the way of an identical one. */
export const OPEN_STATES: readonly OrderState[] = [
  'CREATED',
  'ORDER_FAILED',
  'PAYMENT_IN_PROGRESS',
  'PAYMENT_FAILED',
]

/** Whether the order is neither paid nor cancelled. */
export const isOpen = ({ state }: Pick<Order, 'state'>): boolean => OPEN_STATES.includes(state)

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
export const hasBasket = ({ lines }: Order, requested: readonly RequestedLine[]): boolean =>
  basketFingerprint(lines) === basketFingerprint(requested)

/**
 * Refuses a basket of which its user has an open order already. `allowDuplicate` is the user's explicit way round. The
 * unique index `orders_open_basket` holds the same rule against races.
 */
export const refuseDuplicate = (
  openOrder: Order | undefined,
  allowDuplicate: boolean,
): Result<void, DuplicateOrder> =>
  openOrder === undefined || allowDuplicate
    ? ok(undefined)
    : err({
        code: 'duplicate_order',
        detail: `The open order ${openOrder.id} has the same products in the same quantities.`,
        order: openOrder,
        allowed: userActions[openOrder.state],
      })
