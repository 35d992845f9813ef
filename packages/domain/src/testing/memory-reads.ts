import type { Found, IdempotencyRecord, OrderRef, Wanted } from '../ports/store.ts'
import { type BasketRef, basketFingerprint, isOpen, isPaidAfter } from '../rules/duplicate-order.ts'
import type { Order } from '../rules/order.ts'
import type { UnpaidRef } from '../rules/order-limits.ts'
import { HOLDS_STOCK } from '../rules/reservation.ts'
import type { Contents } from './memory-store.ts'

/** What a transaction wants, as it is. */
export const read = (contents: Contents, wanted: Wanted): Found => {
  const order = wanted.order && findOrder(contents, wanted.order)
  const productIds = [
    ...(order?.lines.map(({ productId }) => productId) ?? []),
    ...(wanted.productIds ?? []),
    ...(wanted.changedProductId === undefined ? [] : [wanted.changedProductId]),
  ]
  const { basket, reference, key, sku } = wanted
  return {
    record: key && contents.records.get(recordName(key)),
    order,
    sameBasket: basket && sameBasket(contents, basket, order),
    sameReference: [...contents.orders.values()].find(
      ({ userId, clientReference }) =>
        userId === reference?.userId && clientReference === reference?.clientReference,
    ),
    unpaid: wanted.unpaid ? unpaidOf(contents, wanted.unpaid, order) : [],
    products: new Map(
      productIds.flatMap((id) => {
        const product = contents.products.get(id)
        return product ? [[id, product]] : []
      }),
    ),
    productBySku: [...contents.products.values()].find((product) => product.sku === sku),
    boundGateway: wanted.boundGateway && contents.boundGateway,
  }
}

const unpaidOf = (
  { orders }: Contents,
  { userId, atMost }: UnpaidRef,
  order: Order | undefined,
): readonly string[] =>
  [...orders.values()]
    .filter(({ id }) => id !== order?.id)
    .filter((each) => each.userId === (userId ?? order?.userId) && HOLDS_STOCK.includes(each.state))
    .toSorted(oldestFirst('createdAt'))
    .slice(0, atMost)
    .map(({ id }) => id)

/** An open order of the basket, or else the last that was paid in time. */
const sameBasket = (
  { orders }: Contents,
  { userId, fingerprint, paidAfter = Number.POSITIVE_INFINITY }: BasketRef,
  order: Order | undefined,
): Order | undefined => {
  const basket = fingerprint ?? (order && basketFingerprint(order.lines))
  const others = [...orders.values()].filter(
    (other) =>
      other.id !== order?.id &&
      other.userId === (userId ?? order?.userId) &&
      basketFingerprint(other.lines) === basket,
  )
  const paid = others.filter((other) => isPaidAfter(other, paidAfter))
  return others.find(isOpen) ?? paid.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]
}

/** An order by its own id or by one of its payments'. */
export const findOrder = ({ orders }: Contents, ref: OrderRef): Order | undefined => {
  const order =
    'orderId' in ref
      ? orders.get(ref.orderId)
      : [...orders.values()].find(({ payments }) => payments.some(({ id }) => id === ref.paymentId))
  return ref.userId === undefined || order?.userId === ref.userId ? order : undefined
}

/** Under what a record is kept. */
export const recordName = ({ userId, key }: Pick<IdempotencyRecord, 'userId' | 'key'>): string =>
  JSON.stringify([userId, key])

/** Older orders first, and of those of one moment the lower id. */
export const oldestFirst =
  (time: 'createdAt' | 'updatedAt') =>
  (a: Order, b: Order): number =>
    a[time] - b[time] || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)
