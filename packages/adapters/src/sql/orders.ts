import {
  basketFingerprint,
  isLetGo,
  type Order,
  type OrderPage,
  type OrderRef,
  type OrderState,
  type Page,
  type Store,
} from '@holdfast/domain'
import { historyOfOrders, insertHistory, toHistoryEntry } from './order-history.ts'
import { deleteLines, insertLines, linesOfOrders, toOrderLine } from './order-lines.ts'
import { insertPayment, paymentsOfOrders, toPayment, updatePayment } from './payments.ts'
import { insertRefund } from './refunds.ts'
import {
  Conflict,
  integer,
  type Row,
  type Statement,
  text,
  textOrNull,
  whereAll,
} from './statement.ts'

/** A sub-select of the id of one order, its owner included: a forgotten check cannot leak it. */
export const orderIdOf = (ref: OrderRef): Statement => {
  const [named, id] =
    'orderId' in ref
      ? ['id = ?', ref.orderId]
      : ['id = (select order_id from payments where id = ?)', ref.paymentId]
  return ref.userId === undefined
    ? { sql: `select id from orders where ${named}`, params: [id] }
    : { sql: `select id from orders where ${named} and user_id = ?`, params: [id, ref.userId] }
}

/** A sub-select of the ids of a page of orders, newest first. */
export const orderPage = ({
  limit,
  after,
  userId,
  state,
  clientReference,
}: OrderPage): Statement => {
  const where = whereAll({
    'client_reference = ?': clientReference,
    'user_id = ?': userId,
    'state = ?': state,
    'id < ?': after,
  })
  return {
    sql: `select id from orders ${where.sql} order by id desc limit ?`,
    params: [...where.params, limit],
  }
}

/** A sub-select of the ids of `CREATED` orders from before a time, oldest first, in the order of `orders_unpaid`. */
export const unpaidOrders = ({
  createdBefore,
  after,
  limit,
}: Page & { createdBefore: number }): Statement => ({
  sql: `select id from orders where state = 'CREATED' and created_at < ?
      and (created_at, id) > (coalesce((select created_at from orders where id = ?), 0), ?)
    order by created_at, id limit ?`,
  params: [createdBefore, after ?? '', after ?? '', limit],
})

/** A sub-select of the ids of orders that failed and still count, unchanged since a time, in the order of `orders_failed`. */
export const givenUpOrders = ({
  state,
  changedBefore,
  limit,
}: Parameters<Store['listGivenUp']>[0]): Statement => ({
  // Both of what is said of the state: one to find it in the index, one to see that it is all in there.
  sql: `select id from orders where state = '${state}' and state in ('ORDER_FAILED', 'PAYMENT_FAILED')
      and let_go_version <> version and updated_at < ? order by updated_at, id limit ?`,
  params: [changedBefore, limit],
})

/** Older orders first, and of those of one moment the lower id. */
export const oldestFirst =
  (time: 'createdAt' | 'updatedAt') =>
  (a: Order, b: Order): number =>
    a[time] - b[time] || (a.id < b.id ? -1 : 1)

/** A sub-select of the id of the order of a user that has a reference. */
export const orderIdByReference = ({
  userId,
  clientReference,
}: Readonly<{ userId: string; clientReference: string }>): Statement => ({
  sql: 'select id from orders where client_reference = ? and user_id = ?',
  params: [clientReference, userId],
})

/** Four reads that together give whole orders; `orders` is a sub-select of their ids. `toOrders` puts them together. */
export const ordersIn = (orders: Statement, lock = ''): readonly Statement[] => [
  {
    sql: `select * from orders where id in (${orders.sql}) order by id desc${lock}`,
    params: orders.params,
  },
  linesOfOrders(orders),
  paymentsOfOrders(orders),
  historyOfOrders(orders),
]

/** Whole orders out of the four results of `ordersIn`, in the order of the first. */
export const toOrders = ([rows, lines, payments, history]: readonly (readonly Row[])[]): Order[] =>
  (rows ?? []).map((row) => {
    const id = text(row, 'id')
    const currency = text(row, 'currency')
    const version = integer(row, 'version')
    const own = (all: readonly Row[] | undefined) =>
      (all ?? []).filter(({ order_id }) => order_id === id)
    const failure = textOrNull(row, 'failure')
    const entries = own(history).map(toHistoryEntry)
    if (entries.length !== version) throw new Conflict(`${id} was changed while it was read.`)
    return {
      id,
      userId: text(row, 'user_id'),
      state: text(row, 'state') as OrderState,
      lines: own(lines).map((line) => toOrderLine(line, currency)),
      total: { amountMinor: integer(row, 'total_minor'), currency },
      version,
      failure: failure === null ? null : JSON.parse(failure),
      allowDuplicate: integer(row, 'allow_duplicate') === 1,
      clientReference: textOrNull(row, 'client_reference'),
      metadata: JSON.parse(text(row, 'metadata')),
      payments: own(payments).map(toPayment),
      history: entries,
      createdAt: integer(row, 'created_at'),
      updatedAt: integer(row, 'updated_at'),
    }
  })

/** Writes an order: a new one whole, a known one by what has changed since it was found. */
export const saveOrder = (before: Order | undefined, after: Order): readonly Statement[] => {
  const known = before?.version ?? 0
  return [
    ...after.history
      .filter(({ seq }) => seq > known)
      .map((entry) => insertHistory(after.id, entry)),
    before ? updateOrder(before, after) : insertOrder(after),
    ...(before && before.lines !== after.lines ? [deleteLines(after)] : []),
    ...(before?.lines === after.lines ? [] : insertLines(after)),
    ...after.payments.flatMap((payment) => {
      const earlier = before?.payments.find(({ id }) => id === payment.id)
      if (earlier === payment) return []
      return [
        earlier ? updatePayment(earlier, payment) : insertPayment(payment),
        ...(payment.refund && !earlier?.refund ? [insertRefund(payment.refund)] : []),
      ]
    }),
  ]
}

const insertOrder = (order: Order): Statement => ({
  sql: `insert into orders
      (state, basket, total_minor, currency, version, failure, metadata, let_go_version, updated_at,
        id, user_id, allow_duplicate, client_reference, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    ...changeable(order),
    order.id,
    order.userId,
    Number(order.allowDuplicate),
    order.clientReference,
    order.createdAt,
  ],
})

/** By id and version: hits nothing once anybody else has changed the order. */
const updateOrder = (before: Order, after: Order): Statement => ({
  sql: `update orders set state = ?, basket = ?, total_minor = ?, currency = ?, version = ?, failure = ?,
      metadata = ?, let_go_version = ?, updated_at = ? where id = ? and version = ?`,
  params: [...changeable(after), before.id, before.version],
  mustAffect: 1,
})

const changeable = (order: Order) => [
  order.state,
  basketFingerprint(order.lines),
  order.total.amountMinor,
  order.total.currency,
  order.version,
  order.failure === null ? null : JSON.stringify(order.failure),
  JSON.stringify(order.metadata),
  // Whoever writes a later version, an older server too, makes the order count again.
  isLetGo(order) ? order.version : 0,
  order.updatedAt,
]
