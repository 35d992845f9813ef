import { strict as assert } from 'node:assert'
import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import type { Product } from '../rules/product.ts'
import type { StockMovement } from '../rules/reservation.ts'
import type { OrderModel } from './order-model.ts'
import { basketOf, CLOSED, HOLD_STOCK, type ModelOrder, sum } from './order-model-parts.ts'
import { type Snapshot, viewOf } from './order-model-world.ts'

/** The invariants that do not hold, each with what breaks it. */
export const brokenInvariants = (snapshot: Snapshot): readonly string[] => {
  const payments = snapshot.orders.flatMap((order) => order.payments)
  const ids = new Set(payments.map(({ id }) => id))
  return [
    ...Object.entries(PRODUCT_INVARIANTS).flatMap(([name, holds]) =>
      snapshot.products
        .filter((stock) => !holds(stock, snapshot))
        .map(({ product }) => `${name}: broken by ${product.sku}`),
    ),
    ...Object.entries(ORDER_INVARIANTS).flatMap(([name, holds]) =>
      snapshot.orders
        .filter((order) => !holds(order, snapshot))
        .map((order) => `${name}: broken by ${order.id}`),
    ),
    ...[...snapshot.books.keys()]
      .filter((key) => !ids.has(key))
      .map((key) => `G5 every key at the gateway is the id of a payment: broken by ${key}`),
  ]
}

/** What was left open, once every deadline has passed and the gateway was asked. */
export const unsettled = (snapshot: Snapshot): readonly string[] =>
  snapshot.orders.flatMap((order) => {
    const captures = netCaptures(order, snapshot)
    return [
      ...(count(order, 'PENDING') === 0 ? [] : [`L1: ${order.id} is still being paid`]),
      ...(captures === Number(order.state === 'PAYMENT_DONE')
        ? []
        : [`G1: ${order.id} is ${order.state} and was captured ${captures} times`]),
    ]
  })

/** Fails unless the system is as the model says. */
export const checkAgreement = (snapshot: Snapshot, model: OrderModel): void => {
  const orders = snapshot.orders.toReversed().map(viewOf) // A list begins with the newest.
  learnNextChecks(orders, model)
  assert.deepEqual(orders, model.orders)
  for (const { product } of snapshot.products) {
    const actual = [product.quantity, product.reserved, product.price.amountMinor]
    const { quantity, price } = model.stock.product(product.id)
    assert.deepEqual(actual, [quantity, model.stock.reserved(product.id), price], product.sku)
  }
}

/** Past the deadline the specification says only that the gaps grow up to an hour: the store says when exactly. */
const learnNextChecks = (orders: readonly ModelOrder[], model: OrderModel): void => {
  const actual = new Map(orders.flatMap(({ payments }) => payments).map((each) => [each.id, each]))
  for (const payment of model.orders.flatMap(({ payments }) => payments)) {
    if (!Number.isNaN(payment.nextCheckAt)) continue
    const at = actual.get(payment.id)?.nextCheckAt ?? 0
    const isSoon = Number.isInteger(at) && at > model.now && at <= model.now + 3_600_000
    assert.ok(isSoon, `The next check of ${payment.id} is at ${at}, now it is ${model.now}.`)
    payment.nextCheckAt = at
  }
}

/** What must hold of each product. */
const PRODUCT_INVARIANTS: Readonly<
  Record<string, (stock: Snapshot['products'][number], snapshot: Snapshot) => boolean>
> = {
  'I1 reserved is what CREATED and PAYMENT_IN_PROGRESS orders hold, each by its own movements': (
    { product, movements },
    { orders },
  ) => {
    const held = (order: Order) => (HOLD_STOCK.includes(order.state) ? inOrder(order, product) : 0)
    const moved = ({ id }: Order) =>
      sum(movements.filter((m) => m.orderId === id).map((m) => m.reservedDelta))
    return (
      product.reserved === sum(orders.map(held)) &&
      orders.every((order) => moved(order) === held(order))
    )
  },
  'I2 quantity is what was set minus what was paid for, and the sum of the movements': (
    { product, movements },
    { orders },
  ) => {
    const set = movements.filter(({ kind }) => kind === 'set')
    const paid = orders.filter(({ state }) => state === 'PAYMENT_DONE')
    const sold = sum(paid.map((order) => inOrder(order, product)))
    const total = (some: readonly StockMovement[]) => sum(some.map((each) => each.quantityDelta))
    return product.quantity === total(set) - sold && product.quantity === total(movements)
  },
  'I3 0 <= reserved <= quantity': ({ product: { reserved, quantity } }) =>
    0 <= reserved && reserved <= quantity,
}

/** The same, on each order. */
const ORDER_INVARIANTS: Readonly<Record<string, (order: Order, all: Snapshot) => boolean>> = {
  'I4 1 to 100 lines, no product twice, quantity >= 1, price >= 0': ({ lines }) =>
    lines.length >= 1 &&
    lines.length <= 100 &&
    new Set(lines.map(({ productId }) => productId)).size === lines.length &&
    lines.every(({ quantity, unitPrice }) => quantity >= 1 && unitPrice.amountMinor >= 0),
  'I5 the total is that of the lines, exact, in one currency': ({ lines, total }) =>
    total.amountMinor === sum(lines.map((line) => line.quantity * line.unitPrice.amountMinor)) &&
    Number.isSafeInteger(total.amountMinor) &&
    lines.every(({ unitPrice }) => unitPrice.currency === total.currency),
  'I6 one open order of a user and basket': (order, { orders }) =>
    orders.filter((other) => isSingle(other) && sameBasket(order, other)).length <= 1,
  'I8 history is dense, a chain, and ends in the state': ({ history, state }) =>
    history.at(-1)?.to === state &&
    history.every(
      ({ seq, from }, index) => seq === index + 1 && from === (history[index - 1]?.to ?? null),
    ),
  'I9 history follows the lifecycle': (order) =>
    viewOf(order).history.every((row) => LIFECYCLE.has(row)),
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
  'I15 attempts are numbered and never overlap': ({ payments }) =>
    payments.every(({ attempt, createdAt }, index) => {
      const before = payments[index - 1]
      const ended = !before || (before.state !== 'PENDING' && before.updatedAt <= createdAt)
      return attempt === index + 1 && ended
    }),
  'G1 captured at most once without a refund': (order, all) => netCaptures(order, all) <= 1,
  'G4 what SUCCEEDED was captured, with its amount': ({ payments }, { books }) =>
    payments
      .filter(({ state }) => state === 'SUCCEEDED')
      .every(({ id, amount }) => {
        const booking = books.get(id)
        const sameAmount = booking?.amount?.amountMinor === amount.amountMinor
        return booking?.captures === 1 && sameAmount && booking.amount?.currency === amount.currency
      }),
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
  'PAYMENT_FAILED modify PAYMENT_FAILED',
  'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS',
])

const count = ({ payments }: Order, wanted: Payment['state']): number =>
  payments.filter(({ state }) => state === wanted).length

const netCaptures = ({ payments }: Order, { books }: Snapshot): number =>
  sum(payments.map(({ id }) => (books.get(id)?.captures ?? 0) - (books.get(id)?.refunds ?? 0)))

const inOrder = ({ lines }: Order, { id }: Product): number =>
  sum(lines.filter(({ productId }) => productId === id).map(({ quantity }) => quantity))

const isSingle = ({ state, allowDuplicate }: Order): boolean =>
  !allowDuplicate && !CLOSED.includes(state)

const sameBasket = (one: Order, other: Order): boolean =>
  one.userId === other.userId && basketOf(one.lines) === basketOf(other.lines)
