import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '@holdfast/domain'
import { type DriverWatch, type Plan, type Run, type SqlDriver, unwatched } from './driver.ts'
import type { PgConnection, PgConnections } from './postgres-connections.ts'
import { failureOf, isDuplicate } from './postgres-errors.ts'
import { beginWriting, commit, fly, guarded, positioned } from './postgres-flight.ts'
import type { Row, Statement } from './statement.ts'

/** Losing five times in a row means that the database is overrun, not that one was unlucky. */
const MOST_ATTEMPTS = 5

/**
 * No attempt begins later than this. A little less than one waits for a connection, and much less than for a silent link:
 * who had to wait for so long is told to come back, not made to wait again.
 */
const LAST_ATTEMPT_AFTER_MS = 1900

/** A customer has an answer within this time, and be it that there is none. It leaves 1 s after a silent COMMIT. */
const ANSWER_WITHIN_MS = 5000

const statement = (sql: string): Statement => ({ sql, params: [] })
const beginSnapshot = statement('begin isolation level repeatable read read only')
const rollback = statement('rollback')
const withoutLimit = (name: string) => statement(`set local ${name} = 0`)
const noTimeouts = ['statement_timeout', 'lock_timeout'].map(withoutLimit)
const noIdleTimeout = withoutLimit('idle_in_transaction_session_timeout')

/**
 * An index on a big table takes its time, also for a second process that migrates, and so does a look at every row;
 * nobody waits for an answer meanwhile.
 */
const PATIENT_TIMEOUT_MS = 86_400_000

/**
 * A server's statistics begin anew when it recovers from a crash, and only then: their beginning names the era in which
 * a transaction's number is its own. What was not on disk is forgotten in a crash, and its number is given again.
 */
const ERA = 'pg_stat_get_bgwriter_stat_reset_time()::text as era'
const identity = statement(`select pg_current_xact_id()::text as id, ${ERA}`)

/**
 * Runs transactions on PostgreSQL in two flights: BEGIN with all reads, then all writes with COMMIT.
 * What else came in between makes a guarded write fail, and with it the COMMIT behind it; then all of it runs again.
 */
export const createPostgresDriver = (
  connections: PgConnections,
  watch: DriverWatch = unwatched,
): SqlDriver => ({
  transaction: <T>(
    reads: readonly Statement[],
    decide: (results: readonly (readonly Row[])[]) => Plan<T>,
  ) =>
    persist(watch, async (begunAt) => {
      let sent: Readonly<{ value: T; own: Row | undefined }> | undefined
      try {
        return await connections.lend(async (connection) => {
          const start = [beginWriting, identity, ...reads]
          const [, [own] = [], ...results] = await fly(connection, start)
          const { value, writes } = decide(results)
          if (writes.length > 0) sent = { value, own }
          await fly(connection, writes.length > 0 ? [...writes.map(guarded), commit] : [rollback])
          return value
        })
      } catch (error) {
        if (!sent || failureOf(error) !== 'connection') throw error
        if (await hasCommitted(connections, sent.own, begunAt + ANSWER_WITHIN_MS)) return sent.value
        throw error
      }
    }),
  read: (reads) =>
    persist(watch, () =>
      connections.lend(async (connection) =>
        reads.length === 1
          ? fly(connection, reads)
          : (await fly(connection, [beginSnapshot, ...reads, commit])).slice(1, -1),
      ),
    ),
  write: (write) =>
    persist(watch, () =>
      connections.lend(async (connection) => {
        const [, rows = []] = await fly(connection, [beginWriting, write, commit])
        return rows
      }),
    ),
  snapshot: (work) =>
    persist(watch, () =>
      connections.lend((connection) =>
        patiently(connection, [beginSnapshot, ...noTimeouts, noIdleTimeout], work),
      ),
    ),
  migration: (work) =>
    persist(
      watch,
      () =>
        connections.lend((connection) =>
          patiently(connection, [beginWriting, ...noTimeouts], work),
        ),
      Number.POSITIVE_INFINITY, // No customer waits for it, but other processes that migrate may have to.
    ),
  load: () => connections.load(),
  close: () => connections.close(),
})

/** One transaction of many steps, none of which is cut short for taking its time. */
const patiently = async <T>(
  connection: PgConnection,
  beginning: readonly Statement[],
  work: (run: Run) => Promise<T>,
): Promise<T> => {
  await fly(connection, beginning)
  const value = await work(async (sql, params = []) => {
    const query = { text: positioned(sql), values: [...params], query_timeout: PATIENT_TIMEOUT_MS }
    return (await connection.query<Row>(query)).rows
  })
  await fly(connection, [commit])
  return value
}

/** Runs `work` again after conflicts and lost connections, after a random pause that grows ("full jitter"). */
const persist = async <T>(
  { retried }: DriverWatch,
  work: (begunAt: number) => Promise<T>,
  lastAttemptAfterMs = LAST_ATTEMPT_AFTER_MS,
): Promise<T> => {
  const begunAt = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(begunAt)
    } catch (error) {
      const failure = failureOf(error)
      const late = performance.now() - begunAt > lastAttemptAfterMs
      const hopeless = failure === 'unavailable' || attempt === MOST_ATTEMPTS || late
      const isBug = failure === 'bug' || (attempt === MOST_ATTEMPTS && isDuplicate(error))
      if (isBug || error instanceof StoreUnavailable) throw error
      if (hopeless) {
        throw new StoreUnavailable('PostgreSQL is out of reach or too busy.', { cause: error })
      }
      retried(failure === 'connection' ? 'connection' : 'conflict')
      await sleep(Math.random() * 10 * 2 ** attempt)
    }
  }
}

/**
 * Whether a transaction was committed whose COMMIT was sent and never answered: the server is asked instead of guessing.
 * Running it again blindly would, for a request without an idempotency key, have a second effect.
 */
const hasCommitted = async (
  connections: PgConnections,
  own: Row | undefined,
  giveUpAt: number,
): Promise<boolean> => {
  const sql = `select pg_xact_status(?::xid8) as status, ${ERA}`
  const question = { sql, params: [String(own?.['id'])] }
  const ask = () =>
    connections
      .lend(async (connection) => (await fly(connection, [question]))[0]?.[0])
      .catch(() => undefined)
  for (;;) {
    const left = Math.max(giveUpAt - performance.now(), 0)
    const answer = await Promise.race([ask(), sleep(left, undefined, { ref: false })])
    const crashed = answer !== undefined && answer['era'] !== own?.['era']
    const status = answer?.['status']
    if (!crashed && (status === 'committed' || status === 'aborted')) return status === 'committed'
    if (crashed || performance.now() + 50 > giveUpAt) {
      throw new StoreUnavailable('PostgreSQL cannot say whether a transaction was committed.')
    }
    await sleep(50)
  }
}
