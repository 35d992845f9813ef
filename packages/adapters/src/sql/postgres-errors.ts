import { StoreUnavailable } from '@holdfast/domain'
import { Conflict } from './statement.ts'

/** What a failed statement means for the transaction that it was part of. */
export type Failure =
  /** Somebody else came in between: run it all again. */
  | 'conflict'
  /** The connection is gone or of no use any more: run it again on another one. */
  | 'connection'
  /** The database cannot do it now. */
  | 'unavailable'
  /** Our SQL is wrong. */
  | 'bug'

/**
 * Sorts a failure by its SQLSTATE. Sources: PostgreSQL, appendix A, and what a guarded write raises (22012, see
 * `guarded` in postgres-driver.ts). An error without a SQLSTATE comes from the socket.
 */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof Conflict) return 'conflict'
  if (error instanceof StoreUnavailable) return 'unavailable'
  const code = sqlState(error)
  if (code === undefined) return isSocketError(error) ? 'connection' : 'bug'
  if (/^(40001|40P01|55P03|23505|22012)$/.test(code)) return 'conflict'
  if (/^(57P0[1-3]|08...)$/.test(code)) return 'connection'
  // Out of resources, statement timeout, read-only, too many connections, a failing disk or system.
  if (/^(53...|57014|25006|25P03|58...|57P05)$/.test(code)) return 'unavailable'
  return 'bug'
}

/** Whether a unique index was broken. Run again, the decision sees the other row; if it breaks it all the same, it is wrong. */
export const isDuplicate = (error: unknown): boolean => sqlState(error) === '23505'

/** Whether the server does not have what a statement needs: one that only speaks PostgreSQL's protocol. */
export const isNotSupported = (error: unknown): boolean =>
  /^(0A000|42601|42883)$/.test(sqlState(error) ?? '')

/** No SQLSTATE of PostgreSQL's begins with an E, but node's EPIPE has five letters as well. */
const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(String(error.code))
    ? String(error.code)
    : undefined

/** node's own errors have a code such as ECONNRESET; pg's of a lost connection and knex's of a full pool have a text. */
const isSocketError = (error: unknown): boolean =>
  error instanceof Error &&
  (/^E[A-Z_]+$/.test('code' in error ? String(error.code) : '') ||
    /connection|not queryable|timeout/i.test(error.message))
