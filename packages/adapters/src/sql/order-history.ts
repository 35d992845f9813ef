import type { HistoryAction, HistoryEntry, OrderState } from '@holdfast/domain'
import { integer, type Row, type Statement, text, textOrNull } from './statement.ts'

/** The history of some orders, oldest first; `orders` is a sub-select of order ids. */
export const historyOfOrders = (orders: Statement): Statement => ({
  sql: `select * from order_history where order_id in (${orders.sql}) order by order_id, seq`,
  params: orders.params,
})

/** One more row. The row before it must lead to the state that this one starts from: a foreign key says so. */
export const insertHistory = (orderId: string, entry: HistoryEntry): Statement => ({
  sql: `insert into order_history
      (order_id, seq, previous_seq, from_state, to_state, action, actor, reason, payment_id, at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    orderId,
    entry.seq,
    entry.seq === 1 ? null : entry.seq - 1,
    entry.from,
    entry.to,
    entry.action,
    entry.actor,
    entry.reason,
    entry.paymentId,
    entry.at,
  ],
})

/** An entry out of its row. */
export const toHistoryEntry = (row: Row): HistoryEntry => ({
  seq: integer(row, 'seq'),
  from: textOrNull(row, 'from_state') as OrderState | null,
  to: text(row, 'to_state') as OrderState,
  action: text(row, 'action') as HistoryAction,
  actor: text(row, 'actor'),
  reason: textOrNull(row, 'reason'),
  paymentId: textOrNull(row, 'payment_id'),
  at: integer(row, 'at'),
})
