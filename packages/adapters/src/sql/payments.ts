import {
  type Lease,
  LONGEST_CHECK_GAP_MS,
  LONGEST_EARLY_GAP_MS,
  type NextCheck,
  type Payment,
  type PaymentOutcome,
  type PaymentPage,
  type PaymentState,
} from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import { IS_FREE, REFUND_OF_PAYMENT, refundOfPayment } from './refunds.ts'
import {
  integer,
  integerOrNull,
  type Row,
  type Statement,
  text,
  textOrNull,
  whereAll,
} from './statement.ts'

const PAYMENTS = `select payments.*, ${REFUND_OF_PAYMENT} from payments
  left join refunds on refunds.payment_id = payments.id`

/** The payments of some orders, first attempts first; `orders` is a sub-select of order ids. */
export const paymentsOfOrders = (orders: Statement): Statement => ({
  sql: `${PAYMENTS} where order_id in (${orders.sql}) order by order_id, attempt`,
  params: orders.params,
})

/** Payments by their ids, the longest waiting first. */
export const paymentsByIds = (
  ids: readonly string[],
  { isAmong }: Pick<Dialect, 'isAmong'>,
): Statement => ({
  sql: `${PAYMENTS} where ${isAmong('payments.id')} order by payments.next_check_at`,
  params: [JSON.stringify(ids)],
})

/** Which of these payments are no longer `PENDING`; most often none. */
export const endedAmong = (
  ids: readonly string[],
  { isAmong }: Pick<Dialect, 'isAmong'>,
): Statement => ({
  sql: `select id from payments where ${isAmong('id')} and state <> 'PENDING'`,
  params: [JSON.stringify(ids)],
})

/** A page of payments, newest first. */
export const paymentPage = ({ limit, after, state, overdue }: PaymentPage): Statement => {
  const where = whereAll({
    'payments.state = ?': state,
    'payments.overdue = ?': overdue === undefined ? undefined : Number(overdue),
    'payments.id < ?': after,
  })
  return {
    sql: `${PAYMENTS} ${where.sql} order by payments.id desc limit ?`,
    params: [...where.params, limit],
  }
}

/** Leases payments that are due and that no other worker has, the longest waiting first; gives their ids. */
export const leasePayments = (
  { now, until, latest, limit }: Lease,
  { skipLocked }: Pick<Dialect, 'skipLocked'>,
): Statement => ({
  sql: `update payments set leased_until = ? where id in (
      select id from payments where next_check_at <= ? and ${IS_FREE}
      order by next_check_at limit ?${skipLocked}
    ) returning id`,
  params: [until, now, now, latest, limit],
})

/** Makes every `PENDING` payment due, except those that a worker has. */
export const hastenPending = ({ now, latest }: Pick<Lease, 'now' | 'latest'>): Statement => ({
  sql: `update payments set next_check_at = ? where state = 'PENDING' and next_check_at > ? and ${IS_FREE}`,
  params: [now, now, now, latest],
})

/**
 * Makes every payment due whose check is too far ahead, except those that a worker has: `isTooFarAhead` in SQL. Half of an
 * odd age is rounded up. The first condition is the one that the index on due payments answers.
 */
export const hastenTooFarAhead = ({ now, latest }: Pick<Lease, 'now' | 'latest'>): Statement => ({
  sql: `update payments set next_check_at = ? where next_check_at > ?
      and ((state = 'PENDING' and deadline_at > ?) or next_check_at > ?
        or 2 * (next_check_at - ?) > ? - created_at + 1)
      and ${IS_FREE}`,
  params: [
    ...[now, now + LONGEST_EARLY_GAP_MS],
    ...[now, now + LONGEST_CHECK_GAP_MS],
    ...[now, now],
    ...[now, latest],
  ],
})

/** A new attempt. */
export const insertPayment = (payment: Payment): Statement => ({
  sql: `insert into payments (id, order_id, attempt, amount_minor, currency, order_version, payment_method, gateway_id,
      deadline_at, created_at, state, failure_code, failure_detail, overdue, next_check_at, updated_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    payment.id,
    payment.orderId,
    payment.attempt,
    payment.amount.amountMinor,
    payment.amount.currency,
    payment.orderVersion,
    payment.paymentMethod,
    payment.gatewayId,
    payment.deadlineAt,
    payment.createdAt,
    ...progress(payment),
  ],
})

/**
 * What can change of an attempt; the end of its lease. The order's version, compared in the same transaction, guards it,
 * and so does the next check: a notification moves it without touching the order.
 */
export const updatePayment = (before: Payment, after: Payment): Statement => ({
  sql: `update payments set state = ?, failure_code = ?, failure_detail = ?, overdue = ?, next_check_at = ?,
      updated_at = ?, leased_until = 0 where id = ? and next_check_at is not distinct from ?`,
  params: [...progress(after), after.id, before.nextCheckAt],
  mustAffect: 1,
})

/**
 * Plans the next check, counts this one and ends the lease, unless the attempt has got into another state. Where a notification has moved
 * the check meanwhile, it stays where that has put it.
 */
export const postponeCheck = ({
  id,
  state,
  checkedAt,
  nextCheckAt,
  overdue,
}: NextCheck): Statement => ({
  sql: `update payments set next_check_at = case when next_check_at = ? then ? else next_check_at end, overdue = ?,
      checks = checks + 1, leased_until = 0 where id = ? and state = ?`,
  params: [checkedAt, nextCheckAt, Number(overdue), id, state],
})

/** Keeps what the gateway has said of an attempt; of one that has ended nobody reads it. No lease or plan is touched. */
export const noteOutcome = (id: string, outcome: PaymentOutcome): Statement => ({
  sql: `update payments set outcome = ? where id = ? and outcome <> ?`,
  params: [outcome, id, outcome],
})

/** Keeps until when an attempt is left to an edit that fences it; of one that has ended nobody reads it. */
export const noteFence = (id: string, until: number): Statement => ({
  sql: 'update payments set fenced_until = ? where id = ?',
  params: [until, id],
})

const progress = ({ state, failure, overdue, nextCheckAt, updatedAt }: Payment) => [
  state,
  failure?.code ?? null,
  failure?.detail ?? null,
  Number(overdue),
  nextCheckAt,
  updatedAt,
]

/** A payment out of its row. */
export const toPayment = (row: Row): Payment => {
  const failureCode = textOrNull(row, 'failure_code')
  const state = text(row, 'state') as PaymentState
  return {
    id: text(row, 'id'),
    orderId: text(row, 'order_id'),
    attempt: integer(row, 'attempt'),
    state,
    amount: { amountMinor: integer(row, 'amount_minor'), currency: text(row, 'currency') },
    orderVersion: integer(row, 'order_version'),
    paymentMethod: text(row, 'payment_method'),
    gatewayId: textOrNull(row, 'gateway_id'),
    outcome: state === 'PENDING' ? (text(row, 'outcome') as PaymentOutcome) : null,
    failure:
      failureCode === null ? null : { code: failureCode, detail: text(row, 'failure_detail') },
    refund: refundOfPayment(row),
    overdue: integer(row, 'overdue') === 1,
    deadlineAt: integer(row, 'deadline_at'),
    nextCheckAt: integerOrNull(row, 'next_check_at'),
    fencedUntil: state === 'PENDING' ? integerOrNull(row, 'fenced_until') : null,
    checks: integer(row, 'checks'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
  }
}
