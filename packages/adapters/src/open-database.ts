import { StoreUnavailable } from '@holdfast/domain'
import type { Configuration } from './configuration.ts'
import { type CrashPlan, noCrashPlan } from './crash/crash-plan.ts'
import { type Dialect, postgres, sqlite } from './sql/dialects.ts'
import { type DriverWatch, type SqlDriver, unwatched } from './sql/driver.ts'
import { refuseStranger } from './sql/no-postgres.ts'
import { openPostgres } from './sql/postgres-connections.ts'
import { createPostgresDriver } from './sql/postgres-driver.ts'
import { refusesToWrite } from './sql/read-only.ts'
import { openSqlite } from './sql/sqlite-connections.ts'
import { createSqliteDriver } from './sql/sqlite-driver.ts'
import { refuseOtherKind } from './sql/sqlite-identity.ts'
import { createSqliteReadDriver } from './sql/sqlite-read-driver.ts'
import { checkWritable, UnusableFile, unusable } from './unusable-file.ts'

/**
 * What may be done with a database: `make` it and its schema, `write` to one that is there, or `read` it without changing a
 * byte. Whoever only wanted to look must not find an empty shop in place of the one that was meant.
 */
export type Access = 'make' | 'write' | 'read'

/** A database that is open; `atStart` runs what is asked of it first, and says what will not heal by itself. */
export type OpenDatabase = Readonly<{
  driver: SqlDriver
  dialect: Dialect
  atStart: <T>(work: () => Promise<T>) => Promise<T>
}>

/**
 * The database that the configuration names, not yet asked for anything. Throws `UnusableFile` where a SQLite file is not
 * there, cannot be used, or is not ours: then it is left as it is.
 */
export const openDatabase = (
  { database }: Pick<Configuration, 'database'>,
  access: Access,
  watch: DriverWatch = unwatched,
  crashes: CrashPlan = noCrashPlan,
): OpenDatabase =>
  database.kind === 'sqlite'
    ? openFile(database.file, access, watch, crashes)
    : openServer(database.url, access, watch, crashes)

const openFile = (
  file: string,
  access: Access,
  watch: DriverWatch,
  { aroundSqlite }: CrashPlan,
): OpenDatabase => {
  checkDatabaseFile(file, access)
  const atStart: OpenDatabase['atStart'] = (work) =>
    work().catch((error: unknown) => {
      const cause = error instanceof StoreUnavailable ? error.cause : error
      throw unusable('DATABASE_URL', file, cause) ?? error
    })
  if (access === 'read') {
    return { driver: createSqliteReadDriver(file), dialect: sqlite, atStart }
  }
  const driver = createSqliteDriver(aroundSqlite(openSqlite(file, undefined, watch)))
  return { driver, dialect: sqlite, atStart }
}

/** Throws `UnusableFile` where there is no database to read or to write to, or none of ours, or where it cannot be written to. */
export const checkDatabaseFile = (file: string, access: Access): void => {
  const kind = refuseOtherKind('DATABASE_URL', file, 'orders')
  if (access !== 'make' && kind !== 'orders') {
    throw new UnusableFile(
      `DATABASE_URL: there is no database in ${file} yet. holdfast serve makes one, or holdfast db migrate.`,
    )
  }
  if (access !== 'read') checkWritable('DATABASE_URL', file)
}

const openServer = (
  url: string,
  access: Access,
  watch: DriverWatch,
  { aroundPostgres }: CrashPlan,
): OpenDatabase => {
  const isReading = access === 'read'
  const driver = createPostgresDriver(aroundPostgres(openPostgres(url)), watch, isReading)
  return {
    driver: isReading ? { ...driver, ...refusesToWrite } : driver,
    dialect: postgres,
    atStart: (work) =>
      work().catch(async (error: unknown) => {
        await refuseStranger(url, error)
        throw error
      }),
  }
}
