import { timeInWords } from './findings.ts'
import type { AuditedOrder, OrderCheck } from './order-checks.ts'
import type { StoredPayment } from './order-pages.ts'

const inState = ({ payments }: AuditedOrder, state: string): readonly StoredPayment[] =>
  payments.filter(({ row }) => row['state'] === state)

const showPayments = ({ row, payments }: AuditedOrder): string =>
  [
    `${row['state']}, version ${row['version']}, total ${row['total_minor']} ${row['currency']}`,
    ...payments.map(({ id, row: payment }) =>
      [
        `attempt ${payment['attempt']} ${id} ${payment['state']}`,
        `${payment['amount_minor']} ${payment['currency']} for version ${payment['order_version']}`,
        `from ${timeInWords(payment['created_at'])} to ${timeInWords(payment['updated_at'])}`,
      ].join(' '),
    ),
  ].join('; ')

const paymentCheck = (
  id: OrderCheck['id'],
  holds: (order: AuditedOrder) => boolean,
): OrderCheck => ({ id, holds, shows: showPayments })

/** What must hold of the payments of each order. */
export const paymentChecks: readonly OrderCheck[] = [
  paymentCheck(
    'I12',
    (order) => inState(order, 'PENDING').length <= 1 && inState(order, 'SUCCEEDED').length <= 1,
  ),
  paymentCheck('I13', (order) => {
    const pending = inState(order, 'PENDING').length
    return order.row['state'] === 'PAYMENT_IN_PROGRESS' ? pending === 1 : pending === 0
  }),
  paymentCheck('I14', (order) => {
    const succeeded = inState(order, 'SUCCEEDED')
    return (
      succeeded.length === Number(order.row['state'] === 'PAYMENT_DONE') &&
      succeeded.every(
        ({ row }) =>
          row['amount_minor'] === order.row['total_minor'] &&
          row['currency'] === order.row['currency'] &&
          row['order_version'] === Number(order.row['version']) - 1,
      )
    )
  }),
  paymentCheck('I15', ({ payments }) =>
    payments.every(({ row }, index) => {
      const before = payments[index - 1]?.row
      const ended = before === undefined || before['state'] !== 'PENDING'
      const later = Number(before?.['updated_at'] ?? 0) <= Number(row['created_at'])
      return row['attempt'] === index + 1 && ended && later
    }),
  ),
]
