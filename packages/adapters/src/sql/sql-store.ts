import { randomUUID } from 'node:crypto'
import {
  type Changes,
  type Found,
  type Order,
  type Product,
  type Store,
  type Wanted,
  whileDeciding,
} from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import type { SqlDriver } from './driver.ts'
import { boundGateway, readBoundGateway, saveBinding, toBoundGateway } from './gateway-binding.ts'
import { beat, deleteHeartbeats } from './heartbeats.ts'
import {
  deleteRecords,
  finishRecords,
  insertRecord,
  recordOf,
  toRecord,
} from './idempotency-keys.ts'
import {
  deleteNotifications,
  hastenCheckOf,
  insertNotification,
  notificationById,
} from './notifications.ts'
import {
  givenUpOrders,
  oldestFirst,
  orderIdOf,
  orderPage,
  ordersIn,
  saveOrder,
  toOrders,
  unpaidOrders,
} from './orders.ts'
import {
  hastenPending,
  hastenTooFarAhead,
  leasePayments,
  paymentPage,
  paymentsByIds,
  postponeCheck,
  toPayment,
} from './payments.ts'
import {
  insertProduct,
  productBy,
  productPage,
  productsByIds,
  productsOfOrders,
  productToChange,
  toProduct,
  updateProduct,
} from './products.ts'
import { leaseRefunds, refundPage, toRefund, updateRefund } from './refunds.ts'
import { noTwinPaid, sameBasketIdOf } from './same-basket.ts'
import { type Row, type Statement, text } from './statement.ts'
import { applyMovements, movementsOf, toMovement } from './stock-movements.ts'
import { summaryReads, toSummary } from './summary.ts'

/** The store on a SQL database. Statements are plain data; the driver knows how its database runs them. */
export const createSqlStore = (driver: SqlDriver, dialect: Dialect): Store => {
  const readOrders = async (ids: Statement): Promise<readonly Order[]> =>
    toOrders(await driver.read(ordersIn(ids)))
  const readRows = async <T>(statement: Statement, toThing: (row: Row) => T): Promise<T[]> =>
    ((await driver.read([statement]))[0] ?? []).map(toThing)

  const ownName = randomUUID()
  return {
    transaction: (wanted, decide) => {
      const reads = Object.entries(readsFor(wanted, dialect))
      const statements = reads.flatMap(([, some]) => some)
      return driver.transaction(statements, (results) => {
        const rest = [...results]
        const found = toFound(
          Object.fromEntries(reads.map(([name, some]) => [name, rest.splice(0, some.length)])),
        )
        const { value, changes } = whileDeciding(() => decide(found))
        return { value, writes: changes ? writesFor(wanted, found, changes) : [] }
      })
    },
    findOrder: async (ref) => (await readOrders(orderIdOf(ref)))[0],
    listOrders: (page) => readOrders(orderPage(page)),
    listPayments: (page) => readRows(paymentPage(page), toPayment),
    findProduct: async (ref) => (await readRows(productBy(ref), toProduct))[0],
    listProducts: (page) => readRows(productPage(page), toProduct),
    listMovements: (productId) => readRows(movementsOf(productId), toMovement),
    listUnpaid: async (page) =>
      (await readOrders(unpaidOrders(page))).toSorted(oldestFirst('createdAt')),
    listGivenUp: async (page) =>
      (await readOrders(givenUpOrders(page))).toSorted(oldestFirst('updatedAt')),
    leasePayments: async (lease) => {
      const leased = await driver.write(leasePayments(lease, dialect))
      if (leased.length === 0) return []
      const ids = leased.map((row) => text(row, 'id'))
      const payments = await readRows(paymentsByIds(ids, dialect), toPayment)
      return payments.filter(({ nextCheckAt }) => nextCheckAt !== null)
    },
    hastenChecks: async (which, lease) => {
      await driver.write((which === 'pending' ? hastenPending : hastenTooFarAhead)(lease))
    },
    postponeCheck: async (next) => {
      await driver.write(postponeCheck(next))
    },
    acceptNotification: (notification) =>
      driver.transaction([notificationById(notification.eventId)], ([known = []]) => {
        const { paymentId, receivedAt } = notification
        const writes = [insertNotification(notification), hastenCheckOf(paymentId, receivedAt)]
        const isNew = known.length === 0
        return { value: isNew, writes: isNew ? writes : [] }
      }),
    leaseRefunds: async (lease) =>
      (await driver.write(leaseRefunds(lease, dialect)))
        .map((row) => toRefund(row))
        .toSorted((a, b) => a.nextAttemptAt - b.nextAttemptAt),
    saveRefund: async (refund) => {
      await driver.write(updateRefund(refund))
    },
    listRefunds: (page) => readRows(refundPage(page), (row) => toRefund(row)),
    forgetKeys: async (before) => {
      for (const drop of [deleteNotifications, deleteHeartbeats]) await driver.write(drop(before))
      return (await driver.write(deleteRecords(before))).length
    },
    boundGateway: () => readBoundGateway(driver),
    bindGateway: async (binding) => {
      await driver.write(saveBinding(binding))
      return (await readBoundGateway(driver)) ?? binding.gatewayId
    },
    summary: async (now) => toSummary(await driver.read(summaryReads(now))),
    ping: async () => void (await driver.read([{ sql: 'select 1 as one', params: [] }])),
    proveWritable: async (now) => void (await driver.write(beat(ownName, now))),
  }
}

/** The parts of what a transaction can want, by the name that they are found under. */
type Part =
  | 'record'
  | 'order'
  | 'sameBasket'
  | 'ownProducts'
  | 'products'
  | 'changedProduct'
  | 'productBySku'
  | 'boundGateway'

const readsFor = (
  { key, order, basket, productIds, changedProductId, sku, ...wanted }: Wanted,
  dialect: Dialect,
): Partial<Record<Part, readonly Statement[]>> => ({
  // The order is locked first: a double click waits for the first one and then finds its key.
  ...(order && { order: ordersIn(orderIdOf(order), dialect.lock) }),
  ...(changedProductId !== undefined && {
    changedProduct: [productToChange(changedProductId, dialect)],
  }),
  ...(key && { record: [recordOf(key)] }),
  ...(order && { ownProducts: [productsOfOrders(orderIdOf(order))] }),
  ...(basket && {
    sameBasket: ordersIn(
      sameBasketIdOf(basket, order && 'orderId' in order ? order.orderId : undefined),
    ),
  }),
  ...(productIds && { products: [productsByIds(dialect, productIds)] }),
  ...(sku !== undefined && { productBySku: [productBy({ sku })] }),
  ...(wanted.boundGateway && { boundGateway: [boundGateway] }),
})

const toFound = (results: Partial<Record<Part, readonly (readonly Row[])[]>>): Found => {
  const only = (part: Part) => results[part]?.[0] ?? []
  const products = [...only('ownProducts'), ...only('products'), ...only('changedProduct')].map(
    toProduct,
  )
  return {
    record: only('record').map(toRecord)[0],
    order: toOrders(results.order ?? [])[0],
    sameBasket: toOrders(results.sameBasket ?? [])[0],
    products: new Map(products.map((product) => [product.id, product])),
    productBySku: only('productBySku').map(toProduct)[0],
    boundGateway: toBoundGateway(only('boundGateway')),
  }
}

/** Everything that a transaction decided, in the one order in which all transactions lock. */
const writesFor = (
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
