import type { Row, Statement } from './statement.ts'

/** What a transaction decided after it had read: what to answer, and what to write. */
export type Plan<T> = Readonly<{ value: T; writes: readonly Statement[] }>

/** Runs one statement of a transaction and gives its rows. */
export type Run = (sql: string, params?: Statement['params']) => Promise<readonly Row[]>

/** Why a transaction begins again, or waits to begin. */
export type RetryReason = 'conflict' | 'connection' | 'busy'

/** Hears of what a driver does without telling its callers. */
export type DriverWatch = Readonly<{ retried: (reason: RetryReason) => void }>

/** Nobody listens. */
export const unwatched: DriverWatch = { retried: () => undefined }

/** Connections that are lent, and work that waits for one or for its turn. */
export type DriverLoad = Readonly<{ inUse: number; waiting: number }>

/**
 * Runs statements on one kind of database. A transaction is two flights, whatever the use case: all reads, a synchronous
 * decision, all writes. Rejects with `StoreUnavailable` when the database is out of reach or too busy.
 */
export interface SqlDriver {
  /** Answers once the writes are durable. Runs it all again when a concurrent change came in between. */
  transaction<T>(
    reads: readonly Statement[],
    decide: (results: readonly (readonly Row[])[]) => Plan<T>,
  ): Promise<T>
  /** Reads committed rows, all as of one moment, outside of any transaction. */
  read(reads: readonly Statement[]): Promise<readonly (readonly Row[])[]>
  /** One write of its own; gives the rows that it returns. */
  write(statement: Statement): Promise<readonly Row[]>
  /**
   * Reads of many steps, all as of one moment and for as long as they take. They hold up nobody who writes. If the
   * database is lost at their beginning, `work` begins anew.
   */
  snapshot<T>(work: (run: Run) => Promise<T>): Promise<T>
  /** A transaction of many steps, for migrations. */
  migration<T>(work: (run: Run) => Promise<T>): Promise<T>
  /** How busy it is. */
  load(): DriverLoad
  /** Closes every connection. */
  close(): Promise<void>
}
