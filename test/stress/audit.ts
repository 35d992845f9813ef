import { paymentChecks } from './audit-payments.ts'
import { type Check, ofOrders, orderChecks, stockChecks } from './audit-stored.ts'
import type { Books, Row } from './books.ts'

/** What a check found. */
export type Finding = Readonly<{ id: string; says: string; broken: readonly string[] }>

/** Money that the gateway took, or is about to take whatever we do. */
const isCaptured = (entry: Row): boolean =>
  entry['state'] === 'captured' || entry['captures_at'] !== null

const isKept = (entry: Row): boolean => isCaptured(entry) && entry['refunded'] === 0

const chargeOf = (books: Books, payment: Row): Row | undefined =>
  books.orders
    .get(String(payment['order_id']))
    ?.charges.find((entry) => entry['idempotency_key'] === payment['id'])

const ofLedger = (
  id: string,
  says: string,
  holds: (entry: Row, books: Books) => boolean,
): Check => ({
  id,
  says,
  broken: (books) =>
    books.ledger.filter((entry) => !holds(entry, books)).map((entry) => JSON.stringify(entry)),
})

const ofPayments = (
  id: string,
  says: string,
  holds: (payment: Row, books: Books) => boolean,
): Check => ({
  id,
  says,
  broken: (books) =>
    [...books.payments.values()]
      .filter((payment) => !holds(payment, books))
      .map((payment) => JSON.stringify(payment)),
})

const gatewayChecks: readonly Check[] = [
  ofOrders('G1', 'captures without a refund: 1 if PAYMENT_DONE, else 0', ({ row, charges }) => {
    return charges.filter(isKept).length === Number(row['state'] === 'PAYMENT_DONE')
  }),
  ofLedger('G2', 'every capture belongs to a SUCCEEDED payment', (entry, { payments }) => {
    const payment = payments.get(String(entry['idempotency_key']))
    return !isKept(entry) || payment?.['state'] === 'SUCCEEDED'
  }),
  ofLedger('G3', 'a refund is of a capture', (entry) => {
    return entry['refunded'] === 0 || entry['state'] === 'captured'
  }),
  ofPayments('G4', 'what SUCCEEDED was captured, with its amount', (payment, books) => {
    if (payment['state'] !== 'SUCCEEDED') return true
    const entry = chargeOf(books, payment)
    return (
      entry?.['state'] === 'captured' &&
      entry['amount_minor'] === payment['amount_minor'] &&
      entry['currency'] === payment['currency']
    )
  }),
  ofLedger('G5', 'every key at the gateway is the id of a payment', (entry, { payments }) =>
    payments.has(String(entry['idempotency_key'])),
  ),
]

const restChecks: readonly Check[] = [
  ofPayments('L1', 'nothing is still being paid', ({ state }) => state !== 'PENDING'),
  {
    id: 'L2',
    says: 'final and failed orders hold nothing, no key waits, nothing is leased',
    broken: (books) => [...ordersThatHold(books), ...openKeys(books), ...leases(books)],
  },
]

/** Each order by its own movements: those that must hold nothing and do, and the other way round. */
const ordersThatHold = ({ orders, movements }: Books): readonly string[] => {
  const held = new Map<string, number>()
  for (const movement of [...movements.values()].flat()) {
    const order = String(movement['order_id'])
    const slot = `${order} ${movement['product_id']}`
    held.set(slot, (held.get(slot) ?? 0) + Number(movement['reserved_delta']))
  }
  for (const order of orders.values()) {
    if (!['CREATED', 'PAYMENT_IN_PROGRESS'].includes(String(order.row['state']))) continue
    for (const line of order.lines) {
      const slot = `${order.id} ${line['product_id']}`
      held.set(slot, (held.get(slot) ?? 0) - Number(line['quantity']))
    }
  }
  return [...held]
    .filter(([, surplus]) => surplus !== 0)
    .map(([slot, surplus]) => `${slot} holds ${surplus} too many`)
}

const openKeys = ({ keys }: Books): readonly string[] =>
  keys.filter(({ outcome }) => outcome === null).map((key) => `open key ${JSON.stringify(key)}`)

const leases = ({ payments, at }: Books): readonly string[] =>
  [...payments.values()]
    .filter((each) => each['state'] === 'PENDING' && Number(each['leased_until']) > at)
    .map((each) => `${each['id']} is leased until ${each['leased_until']}, now it is ${at}`)

const checks: readonly Check[] = [
  ...stockChecks,
  ...orderChecks,
  ...paymentChecks,
  ...gatewayChecks,
  ...restChecks,
]

/** Runs every check on what the database and the ledger hold once nothing is under way. */
export const auditBooks = (books: Books): readonly Finding[] =>
  checks.map(({ id, says, broken }) => ({ id, says, broken: [...broken(books)] }))
