import type { Dialect } from './dialects.ts'
import type { Run, SqlDriver } from './driver.ts'
import { ordersAndPayments } from './migrations/0001-orders-and-payments.ts'
import { paymentLeases } from './migrations/0002-payment-leases.ts'
import { refundsAndNotifications } from './migrations/0003-refunds-and-notifications.ts'
import { operation } from './migrations/0004-operation.ts'
import { gatewayBinding } from './migrations/0005-gateway-binding.ts'
import { productVersions } from './migrations/0006-product-versions.ts'
import { workAtHand } from './migrations/0007-work-at-hand.ts'
import { paymentChecks } from './migrations/0008-payment-checks.ts'
import { duplicateWindow } from './migrations/0009-duplicate-window.ts'
import { referencesAndLimits } from './migrations/0010-references-and-limits.ts'
import { paymentOutcomes } from './migrations/0011-payment-outcomes.ts'
import { checkMayCreate } from './postgres-checks.ts'
import { isNameTaken, isNotSupported } from './postgres-errors.ts'
import { text } from './statement.ts'

/** In the order in which they are applied. A migration that was released never changes. */
const migrations = [
  ordersAndPayments,
  paymentLeases,
  refundsAndNotifications,
  operation,
  gatewayBinding,
  productVersions,
  workAtHand,
  paymentChecks,
  duplicateWindow,
  referencesAndLimits,
  paymentOutcomes,
]

/** Which migrations a database has: `applied`, still `missing`, and `unknown` to this version. */
export type SchemaStatus = Readonly<{
  applied: readonly string[]
  missing: readonly string[]
  unknown: readonly string[]
}>

/** What an empty database lacks: everything. */
export const emptySchema = (): SchemaStatus => statusOf([])

/** The database's schema is not the one that this version needs. */
export class WrongSchema extends Error {
  override readonly name = 'WrongSchema'
}

/** Looks at the schema without changing anything. */
export const schemaStatus = (
  driver: Pick<SqlDriver, 'snapshot'>,
  dialect: Dialect,
): Promise<SchemaStatus> => driver.snapshot(async (run) => statusOf(await appliedIn(run, dialect)))

/** Throws unless the schema is just the one that this version needs, and says what to run. */
export const checkSchema = async (
  driver: Pick<SqlDriver, 'snapshot'>,
  dialect: Dialect,
): Promise<void> => {
  const { missing, unknown } = await schemaStatus(driver, dialect)
  refuseUnknown(unknown)
  if (missing.length > 0) {
    throw new WrongSchema(
      `DATABASE_URL: the database lacks ${missing.join(', ')}. Run holdfast db migrate, or start with AUTO_MIGRATE=1.`,
    )
  }
}

/**
 * Brings the schema up to date in one transaction and returns the names of what it applied. A crash leaves the schema as
 * it was, and a second process that migrates at the same time waits for the first and then finds nothing to do. A database
 * that is up to date is left alone, so that it needs no right to make tables; only a file that is not marked yet is.
 */
export const migrate = async (
  driver: Pick<SqlDriver, 'migration' | 'snapshot'>,
  dialect: Dialect,
): Promise<readonly string[]> => {
  const needsWork = await driver.snapshot(async (run) => {
    const { missing, unknown } = statusOf(await appliedIn(run, dialect))
    refuseUnknown(unknown)
    if (missing.length > 0 && dialect.isShared) await checkMayCreate(run)
    return missing.length > 0 || !(await isMarked(run, dialect))
  })
  return needsWork ? driver.migration((run) => applyMissing(run, dialect)) : []
}

const applyMissing = async (run: Run, dialect: Dialect): Promise<readonly string[]> => {
  await run('create table if not exists migration_lock (only_row integer primary key)')
  await run('insert into migration_lock values (1) on conflict do nothing')
  await run('update migration_lock set only_row = 1')
  for (const statement of dialect.waitBriefly) await run(statement)
  await run(
    `create table if not exists schema_migrations (name text primary key, applied_at ${dialect.integer} not null)`,
  )
  const { missing, unknown } = statusOf(await appliedIn(run, dialect))
  refuseUnknown(unknown)
  for (const { name, statements, optional } of migrations.filter((each) =>
    missing.includes(each.name),
  )) {
    for (const statement of statements(dialect)) await run(statement).catch(refuseNameTaken)
    await runOptional(run, optional(dialect))
    await run('insert into schema_migrations values (?, ?)', [name, Date.now()])
  }
  if (dialect.mark && !(await isMarked(run, dialect))) await run(dialect.mark.set)
  return missing
}

const isMarked = async (run: Run, { mark }: Dialect): Promise<boolean> =>
  mark === undefined || (await run(mark.read))[0]?.['mark'] === mark.value

/** Another application lives in the database, under names that we need. */
const refuseNameTaken = (error: unknown): never => {
  const isTaken =
    isNameTaken(error) || (error instanceof Error && /already exists/.test(error.message))
  if (!isTaken) throw error
  throw new WrongSchema(
    `DATABASE_URL: the database holds something that is not Holdfast's: ${(error as Error).message}. Name a database of its own.`,
    { cause: error },
  )
}

const OUR_COLUMNS = 'name,applied_at'

const appliedIn = async (run: Run, dialect: Dialect): Promise<readonly string[]> => {
  const columns = (await run(dialect.columnsOf, ['schema_migrations'])).map(({ name }) => name)
  if (columns.length === 0) return []
  if (columns.join() !== OUR_COLUMNS) {
    throw new WrongSchema(
      "DATABASE_URL: the table schema_migrations is not Holdfast's. Name a database of its own.",
    )
  }
  const rows = await run('select name from schema_migrations order by name')
  return rows.map((row) => text(row, 'name'))
}

const statusOf = (applied: readonly string[]): SchemaStatus => ({
  applied,
  missing: migrations.map(({ name }) => name).filter((name) => !applied.includes(name)),
  unknown: applied.filter((name) => !migrations.some((each) => each.name === name)),
})

const refuseUnknown = (unknown: readonly string[]): void => {
  if (unknown.length === 0) return
  throw new WrongSchema(
    `DATABASE_URL: the database has ${unknown.join(', ')}, which this version does not know. Run a newer version of holdfast.`,
  )
}

/** Some databases that speak PostgreSQL's protocol have no triggers: what they would hold is then held by our code alone. */
const runOptional = async (run: Run, statements: readonly string[]): Promise<void> => {
  await run('savepoint optional')
  try {
    for (const statement of statements) await run(statement)
  } catch (error) {
    if (!isNotSupported(error)) throw error
    await run('rollback to savepoint optional')
  }
}
