import { setImmediate } from 'node:timers/promises'
import type { SqlDriver } from './driver.ts'
import { type Connection, type Connections, isOutage, rollBack } from './sqlite-connections.ts'
import { Conflict, type Row, type Statement } from './statement.ts'

/** One waiting transaction, and whom to tell how it ended. */
type Job = Readonly<{
  run: (connection: Connection) => unknown
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}>

/** So many transactions share one sync at the most; more would only make the first of them wait. */
const MOST_PER_COMMIT = 100

/**
 * Runs transactions on SQLite with group commit: those that wait are run one after the other, each in a savepoint of its
 * own, and share one COMMIT; they are answered after it. Between BEGIN and COMMIT nothing is awaited, so that nothing
 * else can come in between. A lone transaction is committed at once.
 */
export const createSqliteDriver = (connections: Connections): SqlDriver => {
  const waiting: Job[] = []
  let draining: Promise<void> | undefined

  const drain = async () => {
    while (waiting.length > 0) {
      await setImmediate() // Requests that arrived together join the same commit.
      const batch = waiting.splice(0, MOST_PER_COMMIT)
      try {
        const answers = await connections.lendForWriting((connection) =>
          batch.map((job) => runJob(connection, job)),
        )
        for (const answer of answers) answer()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    draining = undefined
  }

  const enqueue = <T>(run: (connection: Connection) => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ run, resolve: resolve as Job['resolve'], reject })
      draining ??= drain()
    })

  return {
    transaction: (reads, decide) =>
      enqueue((connection) => {
        const { value, writes } = decide(reads.map((read) => rows(connection, read)))
        for (const write of writes) affect(connection, write)
        return value
      }),
    read: (reads) => connections.lend((connection) => readTogether(connection, reads)),
    write: (statement) => enqueue((connection) => rows(connection, statement)),
    snapshot: (work) =>
      connections.lend(async (connection) => {
        connection.exec('BEGIN')
        const value = await work(async (sql, params = []) => {
          await setImmediate() // A read is synchronous: the rest of this process has its turn in between.
          return rows(connection, { sql, params })
        })
        connection.exec('COMMIT')
        return value
      }),
    migration: (work) =>
      connections.lendForWriting((connection) =>
        work(async (sql, params = []) => {
          const statement = connection.prepare(sql)
          if (statement.reader) return statement.all(params) as Row[]
          statement.run(params)
          return []
        }),
      ),
    load: () => {
      const { inUse, waiting: forConnection } = connections.load()
      return { inUse, waiting: forConnection + waiting.length }
    },
    close: async () => {
      await draining
      await connections.close()
    },
  }
}

/** Runs one transaction of a batch and returns how to answer it. A failure undoes this one alone. */
const runJob = (connection: Connection, { run, resolve, reject }: Job): (() => void) => {
  connection.exec('SAVEPOINT job')
  try {
    const value = run(connection)
    connection.exec('RELEASE job')
    return () => resolve(value)
  } catch (error) {
    // A full disk fails them all, and SQLite may have rolled all of them back already.
    if (isOutage(error) || !connection.inTransaction) throw error
    connection.exec('ROLLBACK TO job')
    connection.exec('RELEASE job')
    return () => reject(error)
  }
}

/** In one transaction, because another process may write between two reads. */
const readTogether = (
  connection: Connection,
  reads: readonly Statement[],
): readonly (readonly Row[])[] => {
  connection.exec('BEGIN')
  try {
    const results = reads.map((read) => rows(connection, read))
    connection.exec('COMMIT')
    return results
  } catch (error) {
    rollBack(connection)
    throw error
  }
}

const rows = (connection: Connection, { sql, params }: Statement): readonly Row[] => {
  const statement = prepared(connection, sql)
  if (statement.reader) return statement.all(params) as Row[]
  statement.run(params)
  return []
}

const affect = (connection: Connection, statement: Statement): void => {
  if (statement.mustFindNothing) {
    if (rows(connection, statement).length === 0) return
    throw new Conflict(`Something was found by: ${statement.sql}`)
  }
  const { changes } = prepared(connection, statement.sql).run(statement.params)
  const { mustAffect } = statement
  if (mustAffect !== undefined && changes !== mustAffect) {
    throw new Conflict(`${changes} rows instead of ${mustAffect} were hit by: ${statement.sql}`)
  }
}

type Prepared = ReturnType<Connection['prepare']>

const statements = new WeakMap<Connection, Map<string, Prepared>>()

/** Every statement is prepared once a connection. */
const prepared = (connection: Connection, sql: string): Prepared => {
  const known = statements.get(connection) ?? new Map<string, Prepared>()
  statements.set(connection, known)
  const statement = known.get(sql) ?? connection.prepare(sql)
  known.set(sql, statement)
  return statement
}
