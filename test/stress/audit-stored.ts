import { createHash } from 'node:crypto'
import { type Books, type Row, type StoredOrder, sumOf } from './books.ts'

/** One invariant: gives what breaks it; nothing where it holds. */
export type Check = Readonly<{
  id: string
  says: string
  broken: (books: Books) => Iterable<string>
}>

const HOLD_STOCK = ['CREATED', 'PAYMENT_IN_PROGRESS']
const FINAL = ['PAYMENT_DONE', 'ORDER_CANCELLED']

const LIFECYCLE: ReadonlySet<string> = new Set([
  'null create CREATED',
  'null create ORDER_FAILED',
  'ORDER_FAILED retryOrder CREATED',
  'ORDER_FAILED retryOrder ORDER_FAILED',
  'CREATED modify CREATED',
  'CREATED cancel ORDER_CANCELLED',
  'CREATED startPayment PAYMENT_IN_PROGRESS',
  'PAYMENT_IN_PROGRESS paymentSucceeded PAYMENT_DONE',
  'PAYMENT_IN_PROGRESS paymentFailed PAYMENT_FAILED',
  'PAYMENT_FAILED modify PAYMENT_FAILED',
  'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS',
])

/** An order's state. */
export const stateOf = ({ row }: StoredOrder): string => String(row['state'])

/** A check of each order by itself. */
export const ofOrders = (
  id: string,
  says: string,
  holds: (order: StoredOrder, books: Books) => boolean,
): Check => ({
  id,
  says,
  broken: (books) =>
    [...books.orders.values()]
      .filter((order) => !holds(order, books))
      .map(
        (order) => `${order.id} ${stateOf(order)} ${JSON.stringify([order.row, order.payments])}`,
      ),
})

/** What some orders' lines hold of each product. */
const heldBy = ({ orders }: Books, states: readonly string[]): ReadonlyMap<string, number> => {
  const held = new Map<string, number>()
  for (const order of orders.values()) {
    if (!states.includes(stateOf(order))) continue
    for (const line of order.lines) {
      const product = String(line['product_id'])
      held.set(product, (held.get(product) ?? 0) + Number(line['quantity']))
    }
  }
  return held
}

const ofProducts = (
  id: string,
  says: string,
  states: readonly string[],
  holds: (product: Row, inOrders: number, movements: readonly Row[]) => boolean,
): Check => ({
  id,
  says,
  broken: (books) => {
    const held = heldBy(books, states)
    return books.products
      .filter((product) => {
        const name = String(product['id'])
        return !holds(product, held.get(name) ?? 0, books.movements.get(name) ?? [])
      })
      .map((product) => `${JSON.stringify(product)}, in orders ${held.get(String(product['id']))}`)
  },
})

const isOpenSingle = (order: StoredOrder): boolean =>
  order.row['allow_duplicate'] === 0 && !FINAL.includes(stateOf(order))

const fingerprint = (lines: readonly Row[]): string =>
  createHash('sha256')
    .update(
      lines
        .map((line) => `${line['product_id']}=${line['quantity']}`)
        .sort()
        .join('\n'),
    )
    .digest('hex')

/** What must hold of stock. */
export const stockChecks: readonly Check[] = [
  ofProducts(
    'I1',
    'reserved is what CREATED and PAYMENT_IN_PROGRESS orders hold',
    HOLD_STOCK,
    (product, held, movements) =>
      product['reserved'] === held && sumOf(movements, 'reserved_delta') === held,
  ),
  ofProducts(
    'I2',
    'quantity is what was set minus what was paid for, and the sum of the movements',
    ['PAYMENT_DONE'],
    ({ quantity }, sold, movements) => {
      const set = movements.filter(({ kind }) => kind === 'set')
      const total = sumOf(movements, 'quantity_delta')
      return quantity === sumOf(set, 'quantity_delta') - sold && quantity === total
    },
  ),
  ofProducts('I3', '0 <= reserved <= quantity', [], ({ reserved, quantity }) => {
    return 0 <= Number(reserved) && Number(reserved) <= Number(quantity)
  }),
]

/** What must hold of orders. */
export const orderChecks: readonly Check[] = [
  ofOrders(
    'I4',
    '1 to 100 lines, no product twice, quantity >= 1, price >= 0',
    ({ lines }) =>
      lines.length >= 1 &&
      lines.length <= 100 &&
      new Set(lines.map((line) => line['product_id'])).size === lines.length &&
      lines.every((line) => Number(line['quantity']) >= 1 && Number(line['unit_price_minor']) >= 0),
  ),
  ofOrders('I5', 'total is the sum of the lines, a safe integer', ({ row, lines }) => {
    const prices = lines.map((line) => Number(line['quantity']) * Number(line['unit_price_minor']))
    const total = prices.reduce((sum, price) => sum + price, 0)
    return row['total_minor'] === total && Number.isSafeInteger(total)
  }),
  {
    id: 'I6',
    says: 'one open order of a user and basket, unless a duplicate was asked for',
    broken: ({ orders }) => {
      const open = [...orders.values()].filter(isOpenSingle)
      const basket = ({ row, lines }: StoredOrder) => `${row['user_id']} ${fingerprint(lines)}`
      return [...Map.groupBy(open, basket).values()]
        .filter((same) => same.length > 1)
        .map((same) => same.map(({ id }) => id).join(' and '))
    },
  },
  ofOrders('I7', 'the stored fingerprint is the one that its lines give', ({ row, lines }) => {
    return row['basket'] === fingerprint(lines)
  }),
  ofOrders(
    'I8',
    'history is dense, a chain, and ends in the state',
    ({ row, history }) =>
      history.at(-1)?.['to_state'] === row['state'] &&
      history.every(
        ({ seq, from_state }, index) =>
          seq === index + 1 && from_state === (history[index - 1]?.['to_state'] ?? null),
      ),
  ),
  ofOrders('I9', 'every step of history is in the lifecycle', ({ history }) =>
    history.every((row) =>
      LIFECYCLE.has(`${row['from_state']} ${row['action']} ${row['to_state']}`),
    ),
  ),
  ofOrders('I10', 'nothing follows PAYMENT_DONE or ORDER_CANCELLED', ({ history }) =>
    history.every((row) => !FINAL.includes(String(row['from_state']))),
  ),
  ofOrders('I11', 'the version counts the history', ({ row, history }) => {
    return row['version'] === history.length
  }),
]
