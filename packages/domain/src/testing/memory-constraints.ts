import { basketFingerprint, isOpen } from '../rules/duplicate-order.ts'
import type { Order } from '../rules/order.ts'
import { lifecycle } from '../rules/order-lifecycle.ts'
import type { StockMovement } from '../rules/reservation.ts'
import type { Contents } from './memory-store.ts'

/** Throws, naming the constraint, if it is broken. */
export const refuse = (broken: boolean, constraint: string): void => {
  if (broken) throw new Error(`Constraint broken: ${constraint}.`)
}

/** What a schema would hold of an order: the second line behind the rules. */
export const checkOrder = (
  { orders, products }: Contents,
  before: Order | undefined,
  after: Order,
): void => {
  refuse(orders.get(after.id) !== before, 'an order is only written after it was read')
  const twins = [...orders.values()].filter(
    (other) =>
      other.id !== after.id &&
      other.userId === after.userId &&
      !other.allowDuplicate &&
      isOpen(other) &&
      basketFingerprint(other.lines) === basketFingerprint(after.lines),
  )
  const inTheIndex = isOpen(after) && !after.allowDuplicate
  refuse(inTheIndex && twins.length > 0, 'one open order of a basket for a user')
  const references = [...orders.values()].filter(
    ({ id, userId, clientReference }) =>
      clientReference !== null &&
      id !== after.id &&
      userId === after.userId &&
      clientReference === after.clientReference,
  )
  refuse(references.length > 0, 'one order of a client reference for a user')
  refuse(after.history.length !== after.version, 'the version counts the history')
  refuse(after.history.at(-1)?.to !== after.state, 'the state is the end of the history')
  for (const [index, { seq, from, to, action }] of after.history.entries()) {
    refuse(seq !== index + 1, 'history is dense')
    refuse(from !== (after.history[index - 1]?.to ?? null), 'history is a chain')
    const isEdit = from === to && ['modify', 'retryOrder', 'letGo'].includes(action)
    const isMove = from !== null && Object.values(lifecycle[from]).includes(to)
    refuse(from !== null && !isEdit && !isMove, 'history follows the lifecycle')
  }
  for (const state of ['PENDING', 'SUCCEEDED']) {
    const some = after.payments.filter((payment) => payment.state === state)
    refuse(some.length > 1, `at most one payment is ${state}`)
  }
  refuse(
    after.payments.some(({ state, refund }) => refund !== null && state !== 'FAILED'),
    'a refund belongs to a failed payment',
  )
  refuse(
    after.lines.some(({ productId }) => !products.has(productId)),
    'the product of a line exists',
  )
}

/** Applies a movement to its product, keeping 0 <= reserved <= quantity. */
export const moveStock = (
  { products }: Contents,
  { productId, quantityDelta, reservedDelta }: StockMovement,
): void => {
  const product = products.get(productId)
  if (!product) throw new Error(`Constraint broken: the product ${productId} exists.`)
  const quantity = product.quantity + quantityDelta
  const reserved = product.reserved + reservedDelta
  refuse(reserved < 0 || reserved > quantity, 'stock is never oversold')
  products.set(productId, { ...product, quantity, reserved })
}
