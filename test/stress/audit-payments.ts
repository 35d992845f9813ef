import { type Check, ofOrders, stateOf } from './audit-stored.ts'
import { countOf } from './books.ts'

/** What must hold of payments. */
export const paymentChecks: readonly Check[] = [
  ofOrders(
    'I12',
    'at most one attempt is PENDING and at most one SUCCEEDED',
    ({ payments }) =>
      countOf(payments, 'state', 'PENDING') <= 1 && countOf(payments, 'state', 'SUCCEEDED') <= 1,
  ),
  ofOrders('I13', 'PAYMENT_IN_PROGRESS means one PENDING attempt', (order) => {
    const pending = countOf(order.payments, 'state', 'PENDING')
    return (stateOf(order) === 'PAYMENT_IN_PROGRESS') === (pending === 1) && pending <= 1
  }),
  ofOrders('I14', 'PAYMENT_DONE means one SUCCEEDED, for its total and version', (order) => {
    const succeeded = order.payments.filter((payment) => payment['state'] === 'SUCCEEDED')
    return (
      (stateOf(order) === 'PAYMENT_DONE') === (succeeded.length === 1) &&
      succeeded.every(
        (payment) =>
          payment['amount_minor'] === order.row['total_minor'] &&
          payment['currency'] === order.row['currency'] &&
          payment['order_version'] === Number(order.row['version']) - 1,
      )
    )
  }),
  ofOrders('I15', 'attempts are numbered and never overlap in time', ({ payments }) =>
    payments.every((payment, index) => {
      const before = payments[index - 1]
      const ended = before === undefined || before['state'] !== 'PENDING'
      const later = Number(before?.['updated_at'] ?? 0) <= Number(payment['created_at'])
      return payment['attempt'] === index + 1 && ended && later
    }),
  ),
  {
    id: 'I16',
    says: 'a refund belongs to a FAILED payment (there are no refunds yet: any is one too many)',
    broken: ({ ledger }) =>
      ledger.filter(({ refunded }) => refunded !== 0).map((entry) => JSON.stringify(entry)),
  },
]
