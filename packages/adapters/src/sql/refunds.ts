import type { Lease, Refund, RefundPage, RefundState } from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import { integer, type Row, type Statement, text, textOrNull, whereAll } from './statement.ts'

/** Whether no worker has a row, at `now` and `latest` of a lease: the rule `isFree` in SQL. */
export const IS_FREE = '(leased_until <= ? or leased_until > ?)'

/** A refund that is new. A second one of the same payment hits the primary key. */
export const insertRefund = (refund: Refund): Statement => ({
  sql: `insert into refunds
      (payment_id, amount_minor, currency, created_at, state, attempts, next_attempt_at, updated_at)
    values (?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    refund.paymentId,
    refund.amount.amountMinor,
    refund.amount.currency,
    refund.createdAt,
    ...progress(refund),
  ],
})

/**
 * What became of an attempt to refund; the end of its lease. A confirmed refund never changes again. It is not asked for by
 * `state = 'OWED'`: with statistics from quieter times PostgreSQL would take the index of those that are due, and read all.
 */
export const updateRefund = (refund: Refund): Statement => ({
  sql: `update refunds set state = ?, attempts = ?, next_attempt_at = ?, updated_at = ?, leased_until = 0
    where payment_id = ? and state <> 'CONFIRMED'`,
  params: [...progress(refund), refund.paymentId],
})

/** Leases refunds that are owed and due and that no other worker has, the longest waiting first. */
export const leaseRefunds = (
  { now, until, latest, limit }: Lease,
  { skipLocked }: Pick<Dialect, 'skipLocked'>,
): Statement => ({
  sql: `update refunds set leased_until = ? where payment_id in (
      select payment_id from refunds where state = 'OWED' and (next_attempt_at <= ? or updated_at > ?) and ${IS_FREE}
      order by next_attempt_at limit ?${skipLocked}
    ) returning *`,
  params: [until, now, latest, now, latest, limit],
})

/** A page of refunds; the ids of payments sort by time. */
export const refundPage = ({ limit, after, state }: RefundPage): Statement => {
  const where = whereAll({ 'state = ?': state, 'payment_id < ?': after })
  return {
    sql: `select * from refunds ${where.sql} order by payment_id desc limit ?`,
    params: [...where.params, limit],
  }
}

/** The columns of a refund beside those of its payment, for `refundOfPayment`. */
export const REFUND_OF_PAYMENT = [
  'payment_id',
  'state',
  'amount_minor',
  'currency',
  'attempts',
  'next_attempt_at',
  'created_at',
  'updated_at',
]
  .map((column) => `refunds.${column} as refund_${column}`)
  .join(', ')

/** The refund out of a payment's row, if it has one. */
export const refundOfPayment = (row: Row): Refund | null =>
  textOrNull(row, 'refund_state') === null ? null : toRefund(row, 'refund_')

/** A refund out of its row. */
export const toRefund = (row: Row, prefix = ''): Refund => ({
  paymentId: text(row, `${prefix}payment_id`),
  state: text(row, `${prefix}state`) as RefundState,
  amount: {
    amountMinor: integer(row, `${prefix}amount_minor`),
    currency: text(row, `${prefix}currency`),
  },
  attempts: integer(row, `${prefix}attempts`),
  nextAttemptAt: integer(row, `${prefix}next_attempt_at`),
  createdAt: integer(row, `${prefix}created_at`),
  updatedAt: integer(row, `${prefix}updated_at`),
})

const progress = ({ state, attempts, nextAttemptAt, updatedAt }: Refund) => [
  state,
  attempts,
  nextAttemptAt,
  updatedAt,
]
