import { randomUUID } from 'node:crypto'
import { type Order, type Store, whileDeciding } from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import type { SqlDriver } from './driver.ts'
import { readBoundGateway, saveBinding } from './gateway-binding.ts'
import { beat, deleteHeartbeats } from './heartbeats.ts'
import { deleteRecords } from './idempotency-keys.ts'
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
  toOrders,
  unpaidOrders,
} from './orders.ts'
import {
  endedAmong,
  hastenPending,
  hastenTooFarAhead,
  leasePayments,
  noteFence,
  noteOutcome,
  paymentPage,
  paymentsByIds,
  postponeCheck,
  toPayment,
} from './payments.ts'
import { productBy, productPage, toProduct } from './products.ts'
import { leaseRefunds, refundPage, toRefund, updateRefund } from './refunds.ts'
import { type Row, type Statement, text } from './statement.ts'
import { movementsOf, toMovement } from './stock-movements.ts'
import { summaryReads, toSummary } from './summary.ts'
import { readsFor, toFound, writesFor } from './transaction-statements.ts'

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
    endedAmong: (ids) => readRows(endedAmong(ids, dialect), (row) => text(row, 'id')),
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
    postponeCheck: async (next) => void (await driver.write(postponeCheck(next))),
    noteFence: async (id, until) => void (await driver.write(noteFence(id, until))),
    noteOutcome: async (id, outcome) => void (await driver.write(noteOutcome(id, outcome))),
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
    saveRefund: async (refund) => void (await driver.write(updateRefund(refund))),
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
