import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '@holdfast/domain'
import type Database from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import { openNamed } from '../unusable-file.ts'
import { type DriverLoad, type DriverWatch, unwatched } from './driver.ts'
import { poolLoad } from './pool-load.ts'

/** A SQLite connection of knex's pool. */
export type Connection = Database.Database

/** Takes connections to one SQLite file from a pool, and gives them back. */
export type Connections = Readonly<{
  /** Lends a connection for the time that `use` takes. One that fails is closed instead of lent again. */
  lend: <T>(use: (connection: Connection) => T | Promise<T>) => Promise<T>
  /** Lends one inside a transaction that has the write lock, and commits. */
  lendForWriting: <T>(use: (connection: Connection) => T | Promise<T>) => Promise<T>
  load: () => DriverLoad
  close: () => Promise<void>
}>

/** A customer waits no longer than this for another process to finish writing; then the answer is 503. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a database file. Every connection is set up and checked before its first use: `synchronous` is a setting of the
 * connection, not of the file, and better-sqlite3 is compiled to open with NORMAL, with which a power cut takes
 * acknowledged commits along.
 */
export const openSqlite = (
  filename: string,
  busyTimeoutMs = BUSY_TIMEOUT_MS,
  watch: DriverWatch = unwatched,
): Connections => {
  openNamed('DATABASE_URL', filename, () => mkdirSync(dirname(filename), { recursive: true }))
  const file = watchFile(filename)
  const database: Knex = knex({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    log: { error: () => undefined, warn: () => undefined }, // What knex would print is thrown as well.
    pool: {
      min: 0,
      max: 4,
      afterCreate: (
        connection: Connection,
        done: (error: unknown, connection: Connection) => void,
      ) => {
        try {
          harden(connection)
          connection.pragma('busy_timeout = 0') // Waiting must not block the event loop.
          file.opened()
          done(null, connection)
        } catch (error) {
          done(error, connection)
        }
      },
    },
  })
  const lend: Connections['lend'] = async (use) => {
    file.refuseOther()
    const connection = await acquire(database)
    try {
      return await use(connection)
    } catch (error) {
      // knex closes a connection with this mark instead of lending it again.
      if (connection.inTransaction || isOutage(error)) {
        Object.assign(connection, { __knex__disposed: error })
      }
      throw asUnavailable(error)
    } finally {
      await database.client.releaseConnection(connection)
    }
  }
  return {
    lend,
    lendForWriting: (use) =>
      lend(async (connection) => {
        await begin(connection, busyTimeoutMs, watch)
        try {
          const value = await use(connection)
          connection.exec('COMMIT')
          return value
        } catch (error) {
          rollBack(connection)
          throw error
        }
      }),
    load: () => poolLoad(database),
    close: () => database.destroy(),
  }
}

/**
 * Whoever deletes a file that is open, or puts another in its place, leaves its readers and writers one that has no name:
 * all goes well until it is closed, and then every answered order is gone. And the next connection would make a fresh,
 * empty one. So it must be the same for as long as the pool is open.
 */
const watchFile = (filename: string) => {
  const identity = () => {
    const found = statSync(filename, { throwIfNoEntry: false })
    return found && `${found.dev} ${found.ino}`
  }
  let first: string | undefined
  return {
    opened: () => {
      first ??= identity()
    },
    refuseOther: () => {
      if (first === undefined || identity() === first) return
      throw new StoreUnavailable(
        'The SQLite file is gone, or another has been put in its place: put it back, or start anew.',
      )
    },
  }
}

const acquire = async (database: Knex): Promise<Connection> => {
  try {
    return await database.client.acquireConnection()
  } catch (error) {
    throw asUnavailable(error)
  }
}

/**
 * Durable through power loss, references checked, and independent of temporary files: a savepoint keeps what it may have
 * to undo in one as soon as that is more than 64 KiB, and where no temporary folder can be written to, every large order
 * would fail. Throws where a setting does not take.
 */
export const harden = (connection: Connection): void => {
  connection.pragma('temp_store = memory')
  connection.pragma('journal_mode = wal')
  connection.pragma('synchronous = full')
  connection.pragma('foreign_keys = on')
  const expected = { temp_store: 2, journal_mode: 'wal', synchronous: 2, foreign_keys: 1 }
  for (const [name, value] of Object.entries(expected)) {
    const actual = connection.pragma(name, { simple: true })
    if (actual !== value) throw new Error(`SQLite has ${name} = ${actual} where ${value} is needed`)
  }
}

/**
 * Takes the write lock, waiting without blocking the event loop while another process has it. IMMEDIATE, because a
 * deferred transaction that writes after it has read fails at once when somebody else wrote in between.
 */
const begin = async (
  connection: Connection,
  timeoutMs: number,
  { retried }: DriverWatch,
): Promise<void> => {
  const giveUpAt = performance.now() + timeoutMs
  for (let tries = 1; ; tries += 1) {
    try {
      connection.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
      if (tries === 1) retried('busy')
      await sleep(2 + Math.random() * 20)
    }
  }
}

/**
 * Ends a transaction that failed. SQLite itself rolls back when a disk fails or is full; and whatever goes wrong here is
 * not the cause: a connection that stays in its transaction is not lent again.
 */
export const rollBack = (connection: Connection): void => {
  try {
    if (connection.inTransaction) connection.exec('ROLLBACK')
  } catch {
    // `lend` looks whether it is still in the transaction.
  }
}

/** Whether the file or its file system failed, or another process holds it, as opposed to a fault in our SQL. */
export const isOutage = (error: unknown): boolean =>
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOLFS|PROTOCOL|NOMEM)/.test(
    codeOf(error),
  )

const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const asUnavailable = (error: unknown): unknown =>
  isOutage(error)
    ? new StoreUnavailable('The SQLite database is out of reach, full or busy.', { cause: error })
    : error
