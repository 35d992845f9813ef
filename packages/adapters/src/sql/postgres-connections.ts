import { StoreUnavailable } from '@holdfast/domain'
import knex, { type Knex } from 'knex'
import pg from 'pg'
import type { DriverLoad } from './driver.ts'
import { poolLoad } from './pool-load.ts'
import { failureOf, refusedByServer } from './postgres-errors.ts'

/** A connection of knex's pool. */
export type PgConnection = pg.Client

/** Takes connections to one PostgreSQL database from a pool, and gives them back. */
export type PgConnections = Readonly<{
  /** Lends a connection. One on which anything failed that is not known to be harmless is cut off, not lent again. */
  lend: <T>(use: (connection: PgConnection) => Promise<T>) => Promise<T>
  load: () => DriverLoad
  close: () => Promise<void>
}>

/** Enough to keep a server busy; more writers at once only wait for each other's locks and flushes. */
const POOL_SIZE = 10

/** A customer is told to come back rather than kept waiting for a connection. */
const ACQUIRE_TIMEOUT_MS = 2000

/**
 * What keeps one stuck statement, lock or link from stopping everything, in ms. `query_timeout` is our own clock: it
 * notices a link that swallows everything, on which the server's timeouts never arrive; so it runs a little longer than they.
 */
const limits = (patience: number) => ({
  connectionTimeoutMillis: 2000 * patience,
  statement_timeout: 3000 * patience,
  lock_timeout: 1000 * patience,
  idle_in_transaction_session_timeout: 5000 * patience,
  query_timeout: 4000 * patience,
  keepAlive: true,
})

const INT8 = 20

/** Whole numbers of 64 bits as numbers: all of ours are below 2^53, and the schema says so. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/**
 * Opens a pool on a `postgres://` URL. No connection is made before the first is lent. With `patience` all limits are so
 * many times as long: for tests of what is written, which a busy machine must not fail.
 */
export const openPostgres = (url: string, patience = 1): PgConnections => {
  const database: Knex = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'holdfast',
      pipeline: true,
      types,
      ...limits(patience),
    } as Knex.PgConnectionConfig,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS * patience,
    pool: { min: 0, max: POOL_SIZE },
    log: { error: () => undefined, warn: () => undefined }, // What knex would print is thrown as well.
  })
  return {
    lend: async (use) => {
      const connection = await acquire(database)
      try {
        return await use(connection)
      } catch (error) {
        if (failureOf(error) !== 'conflict' || !(await isRolledBack(connection))) {
          cutOff(connection, error)
        }
        throw error
      } finally {
        await database.client.releaseConnection(connection)
      }
    },
    load: () => poolLoad(database),
    close: () => database.destroy(),
  }
}

const acquire = async (database: Knex): Promise<PgConnection> => {
  try {
    return await database.client.acquireConnection()
  } catch (error) {
    if (failureOf(error) === 'refused') throw refusedByServer(error)
    throw new StoreUnavailable('PostgreSQL gives no connection.', { cause: error })
  }
}

const isRolledBack = (connection: PgConnection): Promise<boolean> =>
  connection.query('rollback').then(
    () => true,
    () => false,
  )

/**
 * knex would lend a dead connection again and again (its issue 4630): the mark makes its pool drop it, and destroying
 * the socket keeps the farewell from waiting for an answer that cannot come.
 */
const cutOff = (connection: PgConnection, error: unknown): void => {
  Object.assign(connection, { __knex__disposed: error })
  ;(
    connection as unknown as { connection: { stream: { destroy: () => void } } }
  ).connection.stream.destroy()
}
