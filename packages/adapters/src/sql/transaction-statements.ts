import type { Changes, Found, Product, Wanted } from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import { boundGateway, toBoundGateway } from './gateway-binding.ts'
import { finishRecords, insertRecord, recordOf, toRecord } from './idempotency-keys.ts'
import { orderIdByReference, orderIdOf, ordersIn, saveOrder, toOrders } from './orders.ts'
import {
  insertProduct,
  productBy,
  productsByIds,
  productsOfOrders,
  productToChange,
  toProduct,
  updateProduct,
} from './products.ts'
import { noTwinPaid, sameBasketIdOf } from './same-basket.ts'
import { type Row, type Statement, text } from './statement.ts'
import { applyMovements } from './stock-movements.ts'
import { oneAtATime, unpaidIdsOf } from './unpaid-orders.ts'

/** The parts of what a transaction can want, by the name that they are found under. */
type Part =
  | 'oneAtATime'
  | 'record'
  | 'order'
  | 'sameBasket'
  | 'sameReference'
  | 'unpaid'
  | 'ownProducts'
  | 'products'
  | 'changedProduct'
  | 'productBySku'
  | 'boundGateway'

/** What a transaction reads, with its locks, in the order in which all transactions lock. */
export const readsFor = (
  { unpaid, key, order, basket, reference, productIds, changedProductId, sku, ...wanted }: Wanted,
  dialect: Dialect,
): Partial<Record<Part, readonly Statement[]>> => ({
  ...(unpaid && { oneAtATime: oneAtATime(unpaid, idIn(order), dialect) }),
  // Of the rows the order is locked first: a double click waits for the first one and then finds its key.
  ...(order && { order: ordersIn(orderIdOf(order), dialect.lock) }),
  ...(changedProductId !== undefined && {
    changedProduct: [productToChange(changedProductId, dialect)],
  }),
  ...(key && { record: [recordOf(key)] }),
  ...(order && { ownProducts: [productsOfOrders(orderIdOf(order))] }),
  ...(basket && {
    sameBasket: ordersIn(sameBasketIdOf(basket, idIn(order))),
  }),
  ...(reference && { sameReference: ordersIn(orderIdByReference(reference)) }),
  ...(unpaid && { unpaid: [unpaidIdsOf(unpaid, idIn(order))] }),
  ...(productIds && { products: [productsByIds(dialect, productIds)] }),
  ...(sku !== undefined && { productBySku: [productBy({ sku })] }),
  ...(wanted.boundGateway && { boundGateway: [boundGateway] }),
})

const idIn = (order: Wanted['order']): string | undefined =>
  order && 'orderId' in order ? order.orderId : undefined

/** What was found of it. */
export const toFound = (results: Partial<Record<Part, readonly (readonly Row[])[]>>): Found => {
  const only = (part: Part) => results[part]?.[0] ?? []
  const products = [...only('ownProducts'), ...only('products'), ...only('changedProduct')].map(
    toProduct,
  )
  return {
    record: only('record').map(toRecord)[0],
    order: toOrders(results.order ?? [])[0],
    sameBasket: toOrders(results.sameBasket ?? [])[0],
    unpaid: only('unpaid').map((row) => text(row, 'id')),
    sameReference: toOrders(results.sameReference ?? [])[0],
    products: new Map(products.map((product) => [product.id, product])),
    productBySku: only('productBySku').map(toProduct)[0],
    boundGateway: toBoundGateway(only('boundGateway')),
  }
}

/** Everything that a transaction decided, in the one order in which all transactions lock. */
export const writesFor = (
  wanted: Wanted,
  found: Found,
  { order, movements = [], product, record, concluded }: Changes,
): readonly Statement[] => [
  ...(record && !found.record ? [insertRecord(record)] : []),
  ...(order ? [...saveOrder(found.order, order), ...noTwinPaid(wanted, found, order)] : []),
  ...(product ? [saveProduct(found, product)] : []),
  ...applyMovements(movements),
  ...(concluded ? [finishRecords(concluded.paymentId, concluded.outcome)] : []),
]

const saveProduct = (found: Found, product: Product): Statement => {
  const before = found.products.get(product.id)
  return before ? updateProduct(before, product) : insertProduct(product)
}
