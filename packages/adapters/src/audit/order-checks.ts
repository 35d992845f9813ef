import { createHash } from 'node:crypto'
import type { Row } from '../sql/statement.ts'
import type { InvariantId } from './invariants.ts'
import type { StoredOrder } from './order-pages.ts'

/** An order that is there. */
export type AuditedOrder = StoredOrder & Readonly<{ row: Row }>

/** Whether an invariant of one order holds, and what tells why not. */
export type OrderCheck = Readonly<{
  id: InvariantId
  holds: (order: AuditedOrder) => boolean
  shows: (order: AuditedOrder) => string
}>

/** Written down here once more: an audit does not believe the rules that it checks. */
const LIFECYCLE: ReadonlySet<string> = new Set([
  'none create CREATED',
  'none create ORDER_FAILED',
  'ORDER_FAILED retryOrder CREATED',
  'ORDER_FAILED retryOrder ORDER_FAILED',
  'CREATED modify CREATED',
  'CREATED cancel ORDER_CANCELLED',
  'CREATED startPayment PAYMENT_IN_PROGRESS',
  'PAYMENT_IN_PROGRESS paymentSucceeded PAYMENT_DONE',
  'PAYMENT_IN_PROGRESS paymentFailed PAYMENT_FAILED',
  'ORDER_FAILED letGo ORDER_FAILED',
  'PAYMENT_FAILED letGo PAYMENT_FAILED',
  'PAYMENT_FAILED modify PAYMENT_FAILED',
  'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS',
])

const FINAL = ['PAYMENT_DONE', 'ORDER_CANCELLED']

const step = (row: Row): string =>
  `${row['from_state'] ?? 'none'} ${row['action']} ${row['to_state']}`

const totalOf = (lines: readonly Row[]): number =>
  lines.reduce((sum, line) => sum + Number(line['quantity']) * Number(line['unit_price_minor']), 0)

const fingerprint = (lines: readonly Row[]): string =>
  createHash('sha256')
    .update(
      lines
        .map((line) => `${line['product_id']}=${line['quantity']}`)
        .sort()
        .join('\n'),
    )
    .digest('hex')

const showLines = ({ lines }: AuditedOrder): string =>
  `lines: ${lines.map((line) => `${line['product_id']} ${line['quantity']} × ${line['unit_price_minor']}`).join('; ') || 'none'}`

const showHistory = ({ row, history }: AuditedOrder): string =>
  `${row['state']}, version ${row['version']}, history: ${history.map((each) => `${each['seq']} ${step(each)}`).join('; ') || 'none'}`

/** What must hold of each order by itself. */
export const orderChecks: readonly OrderCheck[] = [
  {
    id: 'I4',
    holds: ({ lines }) =>
      lines.length >= 1 &&
      lines.length <= 100 &&
      new Set(lines.map((line) => line['product_id'])).size === lines.length &&
      lines.every((line) => Number(line['quantity']) >= 1 && Number(line['unit_price_minor']) >= 0),
    shows: showLines,
  },
  {
    id: 'I5',
    holds: ({ row, lines }) =>
      row['total_minor'] === totalOf(lines) && Number.isSafeInteger(totalOf(lines)),
    shows: (order) => `total ${order.row['total_minor']}, ${showLines(order)}`,
  },
  {
    id: 'I7',
    holds: ({ row, lines }) => row['basket'] === fingerprint(lines),
    shows: (order) => `fingerprint ${order.row['basket']}, ${showLines(order)}`,
  },
  {
    id: 'I8',
    holds: ({ row, history }) =>
      history.at(-1)?.['to_state'] === row['state'] &&
      history.every(
        ({ seq, from_state }, index) =>
          seq === index + 1 && from_state === (history[index - 1]?.['to_state'] ?? null),
      ),
    shows: showHistory,
  },
  {
    id: 'I9',
    holds: ({ history }) => history.every((row) => LIFECYCLE.has(step(row))),
    shows: showHistory,
  },
  {
    id: 'I10',
    holds: ({ history }) => history.every((row) => !FINAL.includes(String(row['from_state']))),
    shows: showHistory,
  },
  {
    id: 'I11',
    holds: ({ row, history }) => row['version'] === history.length,
    shows: showHistory,
  },
]
