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
  /** The server will not do it until somebody sets up something else. */
  | 'refused'
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
  if (code === undefined) {
    if (isWrongSetUp(error)) return 'refused'
    return isSocketError(error) ? 'connection' : 'bug'
  }
  if (REFUSALS.some(([pattern]) => pattern.test(code))) return 'refused'
  if (/^(40001|40P01|55P03|23505|22012)$/.test(code)) return 'conflict'
  if (/^(57P0[1-3]|08...)$/.test(code) || isStalePlan(error)) return 'connection'
  // Out of resources, statement timeout, read-only, too many connections, a failing disk or system.
  if (/^(53...|57014|25006|25P03|58...|57P05)$/.test(code)) return 'unavailable'
  return 'bug'
}

/**
 * A migration beside a running server has changed the columns that a prepared statement gives. PostgreSQL calls it 0A000, like
 * much else, and in the language of its messages; only the name of its function tells. It comes before anything is done.
 */
const isStalePlan = (error: unknown): boolean =>
  error instanceof Error && 'routine' in error && error.routine === 'RevalidateCachedQuery'

/**
 * The server, or what is needed to reach it, is set up so that it will never do what was asked. A service that runs treats
 * it as any other outage: somebody may have taken a right away, and give it back.
 */
export class RefusedByServer extends StoreUnavailable {}

/** What to do about a refusal, by its SQLSTATE: wrong user or password, no such database, no such schema, no right. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^28...$/, 'Name a user that it lets in, and the right password.'],
  [/^3D000$/, 'Create the database, or name another.'],
  [/^3F000$/, 'Create the schema that search_path names, or set another search_path.'],
  [/^42501$/, 'Grant it to the role, or name another role.'],
]

/** The refusal in one line. PostgreSQL's own says what it is about. */
export const refusedByServer = (error: unknown): RefusedByServer => {
  const [, advice = 'Set up what it says.'] =
    REFUSALS.find(([pattern]) => pattern.test(sqlState(error) ?? '')) ?? []
  const says = error instanceof Error ? error.message : String(error)
  return new RefusedByServer(`DATABASE_URL: PostgreSQL refuses: ${says}. ${advice}`, {
    cause: error,
  })
}

/** Whether something of this name is there already that is not ours: a table, an index or a function. */
export const isNameTaken = (error: unknown): boolean =>
  /^(42P07|42723|42710)$/.test(sqlState(error) ?? '')

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

/** Certificates that are not trusted, TLS where there is none, a file of the URL that cannot be read, a password that is missing. */
const isWrongSetUp = (error: unknown): boolean =>
  error instanceof Error &&
  (/^SASL: |does not support SSL/.test(error.message) ||
    ('syscall' in error && error.syscall === 'open') ||
    ('code' in error && /CERT|ERR_TLS|SELF_SIGNED/.test(String(error.code))))
