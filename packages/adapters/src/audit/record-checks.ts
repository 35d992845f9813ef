import type { Circumstances } from './circumstances.ts'
import type { SqlCheck } from './sql-check.ts'

/** What must hold between rows of several orders, and of the work that is open. */
export const recordChecks = (circumstances: Circumstances): readonly SqlCheck[] => [
  {
    // By the stored fingerprint, which I7 compares with the lines.
    id: 'I6',
    sql: `select min(id) || ' and ' || max(id) as id, user_id, count(*) as open_orders from orders
      where allow_duplicate = 0 and state not in ('PAYMENT_DONE', 'ORDER_CANCELLED')
        and let_go_version <> version
      group by user_id, basket having count(*) > 1`,
    params: [],
  },
  {
    id: 'I16',
    sql: `select id, amount_minor, currency, payment_state, payment_amount_minor, payment_currency, refunds from (
        select payment_id as id, refunds.amount_minor, refunds.currency, payments.state as payment_state,
          payments.amount_minor as payment_amount_minor, payments.currency as payment_currency,
          count(*) over (partition by payment_id) as refunds
        from refunds left join payments on payments.id = refunds.payment_id
      ) as refunded
      where refunds > 1 or payment_state is null or payment_state <> 'FAILED'
        or amount_minor <> payment_amount_minor or currency <> payment_currency`,
    params: [],
  },
  openPayments(circumstances),
  openKeys(circumstances),
  owedRefunds(circumstances),
  leases(circumstances),
]

/** While the gateway answers, an attempt ends soon after its deadline. While it does not, it is asked again and again. */
const openPayments = ({ quiet, now, lateMs }: Circumstances): SqlCheck => {
  const sql = `select id, order_id, deadline_at, overdue, next_check_at from payments where state = 'PENDING'`
  if (quiet) return { id: 'L1', sql, params: [] }
  const due = 'case when overdue = 1 then next_check_at else deadline_at end'
  return {
    id: 'L1',
    sql: `${sql} and ${due} < ? and leased_until < ?`,
    params: [now - lateMs, now],
  }
}

/** A key is finished together with the payment that it waits for. */
const openKeys = ({ quiet }: Circumstances): SqlCheck => ({
  id: 'L2',
  sql: `select user_id || ' ' || key as id, payment_id as waits_for_payment, payments.state as payment_state
    from idempotency_keys left join payments on payments.id = idempotency_keys.payment_id
    where idempotency_keys.outcome is null ${quiet ? '' : `and (payments.state is null or payments.state <> 'PENDING')`}`,
  params: [],
})

/** A debt that the gateway has not confirmed is asked for again and again. */
const owedRefunds = ({ quiet, now, lateMs }: Circumstances): SqlCheck => {
  const sql = `select payment_id as id, attempts as asked_for, next_attempt_at from refunds where state = 'OWED'`
  if (quiet) return { id: 'L2', sql, params: [] }
  const isLate = 'next_attempt_at < ? and leased_until < ?'
  return { id: 'L2', sql: `${sql} and ${isLate}`, params: [now - lateMs, now] }
}

/** A lease ends by itself; one that reached far into the future would keep everybody from the work. */
const leases = ({ now, longestLeaseMs }: Circumstances): SqlCheck => ({
  id: 'L2',
  sql: `select id, leased_until from payments where next_check_at is not null and leased_until > ?
    union all
    select payment_id, leased_until from refunds where state = 'OWED' and leased_until > ?`,
  params: [now + longestLeaseMs, now + longestLeaseMs],
})
