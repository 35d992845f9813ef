import { join } from 'node:path'
import type { Store } from '@holdfast/domain'
import type { ExecutionContext } from 'ava'
import {
  execute,
  temporaryFolder as makeFolder,
  temporaryDatabase,
} from '../../../test/databases.ts'
import { postgres, sqlite } from '../src/sql/dialects.ts'
import type { SqlDriver } from '../src/sql/driver.ts'
import { migrate } from '../src/sql/migrate.ts'
import { openPostgres } from '../src/sql/postgres-connections.ts'
import { createPostgresDriver } from '../src/sql/postgres-driver.ts'
import { createSqlStore } from '../src/sql/sql-store.ts'
import { openSqlite } from '../src/sql/sqlite-connections.ts'
import { createSqliteDriver } from '../src/sql/sqlite-driver.ts'

const DAY_MS = 86_400_000

/** What the service has where nothing is configured, but for the limit on unpaid orders: there is none. */
export const SETTINGS = {
  paymentDeadlineMs: 180_000,
  orderTtlMs: DAY_MS,
  duplicateWindowMs: 300_000,
  unpaidOrders: 0,
  idempotencyTtlMs: DAY_MS,
  defaultPaymentMethod: 'fake_approve',
}

/** A folder of the test's own, gone when the test has ended. */
export const temporaryFolder = (t: ExecutionContext): string => {
  const { it, remove } = makeFolder()
  t.teardown(remove)
  return it
}

/** A migrated SQLite store in a file of the test's own. */
export const temporarySqlite = async (
  t: ExecutionContext,
): Promise<{ store: Store; filename: string; driver: SqlDriver }> => {
  const filename = join(temporaryFolder(t), 'holdfast.db')
  const driver = createSqliteDriver(openSqlite(filename))
  t.teardown(() => driver.close())
  await migrate(driver, sqlite)
  return { store: createSqlStore(driver, sqlite), filename, driver }
}

/** An empty PostgreSQL database of the test's own, dropped when the test has ended; its URL. */
export const emptyPostgres = async (t: ExecutionContext): Promise<string> => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  return it
}

/** A migrated PostgreSQL store in a database of the test's own. */
export const temporaryPostgres = async (
  t: ExecutionContext,
): Promise<{ store: Store; url: string; driver: SqlDriver }> => {
  const url = await emptyPostgres(t)
  const driver = createPostgresDriver(openPostgres(url, 10))
  t.teardown(() => driver.close())
  await migrate(driver, postgres)
  return { store: createSqlStore(driver, postgres), url, driver }
}

/** Makes stores for one history after the other: each is empty, and the one before is closed. */
export type StoreMaker = () => Promise<Store>

/** Empty SQLite stores, a file each. */
export const sqliteStores = (t: ExecutionContext): StoreMaker => {
  const folder = temporaryFolder(t)
  let last: SqlDriver | undefined
  let count = 0
  t.teardown(() => last?.close())
  return async () => {
    await last?.close()
    count += 1
    last = createSqliteDriver(openSqlite(join(folder, `${count}.db`)))
    await migrate(last, sqlite)
    return createSqlStore(last, sqlite)
  }
}

/** PostgreSQL stores that share one database, which is emptied each time. */
export const postgresStores = async (t: ExecutionContext): Promise<StoreMaker> => {
  const { store, url } = await temporaryPostgres(t)
  const tables =
    'orders, order_history, order_lines, payments, products, stock_movements, idempotency_keys, refunds, gateway_notifications, gateway_binding'
  return async () => {
    await execute(url, `truncate ${tables}`)
    return store
  }
}
