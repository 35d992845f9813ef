import { err, ok, type Result } from 'neverthrow'
import type { Order } from './order.ts'

/** Where an order stands. */
export type OrderState =
  | 'CREATED'
  | 'ORDER_FAILED'
  | 'PAYMENT_IN_PROGRESS'
  | 'PAYMENT_DONE'
  | 'PAYMENT_FAILED'
  | 'ORDER_CANCELLED'

/** What moves an order from one state to another. */
export type OrderAction =
  | 'retryOrder'
  | 'cancel'
  | 'startPayment'
  | 'paymentSucceeded'
  | 'paymentFailed'
  | 'retryPayment'

/**
 * What history records: every move, its beginning, and what leaves the state as it is: edits, and that the system let a
 * failed order go.
 */
export type HistoryAction = 'create' | OrderAction | 'modify' | 'letGo'

/** What an order's user can ask for. */
export type UserAction = 'modify' | 'cancel' | 'retryOrder' | 'pay' | 'retryPayment'

/** The whole state machine. What is not written here cannot happen. */
export const lifecycle: Readonly<
  Record<OrderState, Readonly<Partial<Record<OrderAction, OrderState>>>>
> = {
  ORDER_FAILED: { retryOrder: 'CREATED' },
  CREATED: { cancel: 'ORDER_CANCELLED', startPayment: 'PAYMENT_IN_PROGRESS' },
  PAYMENT_IN_PROGRESS: { paymentSucceeded: 'PAYMENT_DONE', paymentFailed: 'PAYMENT_FAILED' },
  PAYMENT_FAILED: { retryPayment: 'PAYMENT_IN_PROGRESS' },
  PAYMENT_DONE: {},
  ORDER_CANCELLED: {},
}

/** What the user of an order in this state can do next. A payment under way can be edited: it is fenced first. */
export const userActions: Readonly<Record<OrderState, readonly UserAction[]>> = {
  ORDER_FAILED: ['retryOrder'],
  CREATED: ['modify', 'cancel', 'pay'],
  PAYMENT_IN_PROGRESS: ['modify'],
  PAYMENT_FAILED: ['modify', 'retryPayment'],
  PAYMENT_DONE: [],
  ORDER_CANCELLED: [],
}

/** The order's state does not allow this. `allowed` lists what it does allow. */
export type IllegalTransition = Readonly<{
  code: 'illegal_transition'
  detail: string
  action: UserAction
  allowed: readonly UserAction[]
  order: Order
}>

/** The refusal of `action` on `order`, naming what would have been allowed instead. */
const illegalTransition = (order: Order, action: UserAction): IllegalTransition => {
  const allowed = userActions[order.state]
  return {
    code: 'illegal_transition',
    detail: `An order that is ${order.state} does not allow ${action}; it allows ${allowed.join(', ') || 'nothing more'}.`,
    action,
    allowed,
    order,
  }
}

/** `order`, if the user may do `action` to it now. */
export const permit = (order: Order, action: UserAction): Result<Order, IllegalTransition> =>
  userActions[order.state].includes(action) ? ok(order) : err(illegalTransition(order, action))

/** Who does it, why, with which payment, and when (milliseconds since 1970 UTC). */
export type Circumstances = Readonly<{
  actor: string
  at: number
  reason?: string | null
  paymentId?: string | null
}>

/** The order after `action`, one version on, with one more row of history. Throws where the table has no such move. */
export const move = (order: Order, action: OrderAction, circumstances: Circumstances): Order => {
  const to = lifecycle[order.state][action]
  if (!to) throw new Error(`${action} is not a move from ${order.state}`)
  return record({ ...order, state: to }, order.state, action, circumstances)
}

/** The order after something that leaves its state: one version on, with one more row of history. */
export const recordEdit = (
  order: Order,
  action: 'modify' | 'retryOrder' | 'letGo',
  circumstances: Circumstances,
): Order => record(order, order.state, action, circumstances)

/** A new order with the first row of its history. */
export const recordCreation = (
  order: Omit<Order, 'version' | 'history' | 'updatedAt'>,
  circumstances: Circumstances,
): Order =>
  record({ ...order, version: 0, history: [], updatedAt: 0 }, null, 'create', circumstances)

/** Clocks differ and are read before a lock is waited for; an order's own time never runs backwards. */
const record = (
  order: Order,
  from: OrderState | null,
  action: HistoryAction,
  { actor, at, reason = null, paymentId = null }: Circumstances,
): Order => {
  const seq = order.version + 1
  const time = Math.max(at, order.updatedAt)
  const entry = { seq, from, to: order.state, action, actor, reason, paymentId, at: time }
  return { ...order, version: seq, history: [...order.history, entry], updatedAt: time }
}
