import pg from 'pg'
import type { Configuration } from '../configuration.ts'
import { beginWriting, commit } from '../sql/postgres-flight.ts'
import { createRateLimit, type RateLimit, unlimited } from './rate-limit.ts'
import { createSharedRateLimit } from './shared-rate-limit.ts'

/** The limits of the service: by user, and by address for those who have not signed in. */
export type RateLimits = Readonly<{ users: RateLimit; strangers: RateLimit }>

/** Many people can share one address, and a page of documentation is several requests. */
const STRANGERS_PER_USER = 10

/** The limits that the configuration asks for, kept in memory, or together with others where the database is shared. */
export const openRateLimits = ({
  rateLimit,
  database,
}: Pick<Configuration, 'rateLimit' | 'database'>): RateLimits & { close: () => Promise<void> } => {
  if (rateLimit === 0) return { users: unlimited, strangers: unlimited, close: async () => {} }
  const strangersLimit = rateLimit * STRANGERS_PER_USER
  if (database.kind === 'sqlite') {
    return {
      users: createRateLimit(rateLimit),
      strangers: createRateLimit(strangersLimit),
      close: async () => {},
    }
  }
  const pool = openPool(database.url)
  const counts = { query: (count: pg.QueryConfig) => writeOne(pool, count) }
  return {
    users: createSharedRateLimit(rateLimit, { name: 'user', counts }),
    strangers: createSharedRateLimit(strangersLimit, { name: 'address', counts }),
    close: () => pool.end(),
  }
}

/** A connection of its own: counting must not wait for orders, nor orders for counting. */
const openPool = (connectionString: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    application_name: 'holdfast rate limits',
    connectionTimeoutMillis: 1000,
    query_timeout: 1000,
    statement_timeout: 1000,
    allowExitOnIdle: true,
    pipeline: true,
  } as pg.PoolConfig)
  pool.on('error', () => undefined) // The pool drops the connection and makes another when it needs one.
  return pool
}

/** Sends one write in a transaction of its own, in one go: the defaults of the database are not for us to count on. */
const writeOne = async (pool: pg.Pool, write: pg.QueryConfig): Promise<pg.QueryResult> => {
  const client = await pool.connect()
  const sent = [beginWriting.sql, write, commit.sql].map((each) => client.query(each))
  const [, answer, end] = await Promise.allSettled(sent)
  const failed = [answer, end].find((each) => each?.status === 'rejected')
  client.release(failed !== undefined)
  if (answer?.status !== 'fulfilled') throw answer?.reason
  return answer.value
}
