import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import { basketOf, CLOSED, sum } from './order-model-parts.ts'
import type { Booking, Snapshot } from './snapshot.ts'
import { STOCK_INVARIANTS } from './stock-invariants.ts'

/**
 * What holds at every instant and does not, each with what breaks it; in code of its own: no rule of the domain is used
 * here. I7, the stored fingerprint of a basket, is not to be seen through the port: the schema and the audit hold it.
 */
export const brokenInvariants = (snapshot: Snapshot): readonly string[] => [
  ...snapshot.products.flatMap((stock) =>
    broken(STOCK_INVARIANTS, stock.product.sku, (holds) => holds(stock, snapshot)),
  ),
  ...snapshot.orders.flatMap((order) => [
    ...brokenAlone(order),
    ...broken(INVARIANTS_OF_MONEY, order.id, (holds) => holds(order, snapshot)),
  ]),
  ...twins(snapshot).map((id) => `I6 one open order of a user and basket: broken by ${id}`),
  ...referredTwice(snapshot).map((id) => `one order of a user and reference: broken by ${id}`),
  ...strangers(snapshot).map(
    (key) => `G5 every key at the gateway is the id of a payment: broken by ${key}`,
  ),
]

/** What was left open or unpaid, once every deadline has passed, the gateway was asked and all debts were called in. */
export const unsettled = (snapshot: Snapshot): readonly string[] =>
  snapshot.orders.flatMap((order) =>
    broken(INVARIANTS_OF_THE_END, `${order.id} (${order.state})`, (holds) =>
      holds(order, snapshot),
    ),
  )

const broken = <Check>(
  invariants: Readonly<Record<string, Check>>,
  by: string,
  holds: (check: Check) => boolean,
): string[] =>
  Object.entries(invariants).flatMap(([name, check]) =>
    holds(check) ? [] : [`${name}: broken by ${by}`],
  )

/** Orders are immutable: what held of one holds for good. It saves most of the work after each step of a simulation. */
const sound = new WeakSet<Order>()

const brokenAlone = (order: Order): readonly string[] => {
  if (sound.has(order)) return []
  const found = broken(INVARIANTS_OF_AN_ORDER, order.id, (holds) => holds(order))
  if (found.length === 0) sound.add(order)
  return found
}

/** What must hold of each order, whatever else there is. */
const INVARIANTS_OF_AN_ORDER: Readonly<Record<string, (order: Order) => boolean>> = {
  'I4 1 to 100 lines, no product twice, quantity >= 1, price >= 0': ({ lines }) =>
    lines.length >= 1 &&
    lines.length <= 100 &&
    new Set(lines.map(({ productId }) => productId)).size === lines.length &&
    lines.every(({ quantity, unitPrice }) => quantity >= 1 && unitPrice.amountMinor >= 0),
  'I5 the total is that of the lines, exact, in one currency': ({ lines, total }) =>
    total.amountMinor === sum(lines.map((line) => line.quantity * line.unitPrice.amountMinor)) &&
    Number.isSafeInteger(total.amountMinor) &&
    lines.every(({ unitPrice }) => unitPrice.currency === total.currency),
  'I8 history is dense, a chain, and ends in the state': ({ history, state }) =>
    history.at(-1)?.to === state &&
    history.every(
      ({ seq, from }, index) => seq === index + 1 && from === (history[index - 1]?.to ?? null),
    ),
  'I9 history follows the lifecycle': ({ history }) =>
    history.every(({ from, action, to }) => LIFECYCLE.has(`${from ?? 'nothing'} ${action} ${to}`)),
  'I10 nothing follows the end': ({ history }) =>
    history.slice(0, -1).every(({ to }) => !CLOSED.includes(to)),
  'I11 the version counts the history': ({ version, history }) => version === history.length,
  'I12 at most one attempt is PENDING and one SUCCEEDED': (order) =>
    count(order, 'PENDING') <= 1 && count(order, 'SUCCEEDED') <= 1,
  'I13 in progress means one attempt is PENDING': (order) =>
    (order.state === 'PAYMENT_IN_PROGRESS') === (count(order, 'PENDING') === 1),
  'I14 paid means one attempt SUCCEEDED, for this total and version': (order) =>
    (order.state === 'PAYMENT_DONE') === (count(order, 'SUCCEEDED') === 1) &&
    order.payments
      .filter(({ state }) => state === 'SUCCEEDED')
      .every(
        ({ amount, orderVersion }) =>
          amount.amountMinor === order.total.amountMinor && orderVersion === order.version - 1,
      ),
  'I15 attempts are numbered, have ids of their own and never overlap': ({ payments }) =>
    new Set(payments.map(({ id }) => id)).size === payments.length &&
    payments.every(({ attempt, createdAt }, index) => {
      const before = payments[index - 1]
      const ended = !before || (before.state !== 'PENDING' && before.updatedAt <= createdAt)
      return attempt === index + 1 && ended
    }),
  'I16 a refund belongs to a failed payment, and is of its amount': ({ payments }) =>
    payments.every(
      ({ id, state, refund, amount }) =>
        refund === null ||
        (state === 'FAILED' &&
          refund.paymentId === id &&
          refund.amount.amountMinor === amount.amountMinor),
    ),
}

/** What must hold at any time between an order and the gateway's books. */
const INVARIANTS_OF_MONEY: Readonly<Record<string, (order: Order, all: Snapshot) => boolean>> = {
  'G3 at most one capture a payment, and at most one refund of it': (order, all) =>
    bookings(order, all).every(({ captures, refunds }) => refunds <= captures && captures <= 1),
  'G2 a refund is owed only of what was captured': ({ payments }, { books }) =>
    payments.every(({ id, refund }) => refund === null || books.get(id)?.captures === 1),
  'G4 what SUCCEEDED was captured, with its amount, and kept': ({ payments }, { books }) =>
    payments
      .filter(({ state }) => state === 'SUCCEEDED')
      .every(({ id, amount }) => {
        const { captures = 0, refunds = 0, amount: taken = null } = books.get(id) ?? {}
        const isSame =
          taken?.amountMinor === amount.amountMinor && taken.currency === amount.currency
        return captures === 1 && refunds === 0 && isSame
      }),
}

/** What must hold once nothing is in flight. */
const INVARIANTS_OF_THE_END: Readonly<Record<string, (order: Order, all: Snapshot) => boolean>> = {
  'G1 captured without a refund once if paid, else never': (order, all) => {
    const kept = bookings(order, all).map(({ captures, refunds }) => captures - refunds)
    return sum(kept) === Number(order.state === 'PAYMENT_DONE')
  },
  'G2 every capture is of a SUCCEEDED payment or was given back': ({ payments }, { books }) =>
    payments.every(({ id, state, refund }) => {
      const isCaptured = (books.get(id)?.captures ?? 0) > 0
      return !isCaptured || state === 'SUCCEEDED' || refund?.state === 'CONFIRMED'
    }),
  'L1 nothing is still being paid': (order) => count(order, 'PENDING') === 0,
  'L2 no failed order stands in the way': ({ state, history }) =>
    !/FAILED/.test(state) || history.at(-1)?.action === 'letGo',
  'L2 no refund is owed': ({ payments }) => payments.every((each) => each.refund?.state !== 'OWED'),
}

/** Every row of history that can be. */
const LIFECYCLE: ReadonlySet<string> = new Set([
  'nothing create CREATED',
  'nothing create ORDER_FAILED',
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

/** The open orders of whose basket their user has another one that is open. */
const twins = ({ orders }: Snapshot): readonly string[] => {
  const single = orders.filter((order) => !order.allowDuplicate && isOpen(order))
  if (single.length < 2) return []
  const names = single.map(({ userId, lines }) => `${userId} ${basketOf(lines)}`)
  return single.flatMap(({ id }, index) =>
    names.indexOf(names[index] ?? '') === index ? [] : [id],
  )
}

/** The orders whose user has another one with their reference. */
const referredTwice = ({ orders }: Snapshot): readonly string[] => {
  const referred = orders.filter(({ clientReference }) => clientReference !== null)
  const names = referred.map(({ userId, clientReference }) => `${userId} ${clientReference}`)
  return referred.flatMap(({ id }, index) =>
    names.indexOf(names[index] ?? '') === index ? [] : [id],
  )
}

const isOpen = ({ state, history }: Order): boolean =>
  !CLOSED.includes(state) && history.at(-1)?.action !== 'letGo'

/** The keys at the gateway that no payment has. */
const strangers = ({ orders, books }: Snapshot): readonly string[] => {
  const ids = new Set(orders.flatMap(({ payments }) => payments.map(({ id }) => id)))
  return [...books.keys()].filter((key) => !ids.has(key))
}

const count = ({ payments }: Order, wanted: Payment['state']): number =>
  payments.filter(({ state }) => state === wanted).length

const bookings = ({ payments }: Order, { books }: Snapshot): readonly Booking[] =>
  payments.flatMap(({ id }) => books.get(id) ?? [])
