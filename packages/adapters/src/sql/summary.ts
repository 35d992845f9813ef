import { lifecycle, type Summary } from '@holdfast/domain'
import { integer, integerOrNull, type Row, type Statement, text } from './statement.ts'

/** How many orders are in each state: a walk through the index of states, not through the orders. */
const ordersByState: Statement = {
  sql: 'select state, count(*) as number from orders group by state',
  params: [],
}

/** What is under way is little at any time, and has indexes of its own. */
const pendingPayments: Statement = {
  sql: `select count(*) as pending, count(case when overdue = 1 then 1 end) as overdue
    from payments where state = 'PENDING'`,
  params: [],
}
const oldestDue = (now: number): Statement => ({
  sql: `select min(next_check_at) as due_at from payments
    where next_check_at is not null and next_check_at <= ?`,
  params: [now],
})
const owedRefunds: Statement = {
  sql: `select count(*) as owed from refunds where state = 'OWED'`,
  params: [],
}

/** The reads that a summary is made of; `toSummary` puts them together. */
export const summaryReads = (now: number): readonly Statement[] => [
  ordersByState,
  pendingPayments,
  oldestDue(now),
  owedRefunds,
]

/** A summary out of the rows of its reads. */
export const toSummary = ([states = [], ...counts]: readonly (readonly Row[])[]): Summary => {
  const none = Object.fromEntries(Object.keys(lifecycle).map((state) => [state, 0]))
  const counted = states.map((row) => [text(row, 'state'), integer(row, 'number')])
  const row: Row = Object.assign({}, ...counts.flat())
  return {
    ordersByState: { ...none, ...Object.fromEntries(counted) } as Summary['ordersByState'],
    pendingPayments: integer(row, 'pending'),
    overduePayments: integer(row, 'overdue'),
    refundsOwed: integer(row, 'owed'),
    oldestDueAt: integerOrNull(row, 'due_at'),
  }
}
