import { AsyncLocalStorage } from 'node:async_hooks'
import type { PgConnection, PgConnections } from '../sql/postgres-connections.ts'
import type { Connections } from '../sql/sqlite-connections.ts'
import type { Reached } from './reached.ts'

/** Connections with a crash point between what a transaction writes and its COMMIT. */
export type CommitWatch = Readonly<{
  /** Says, from within a decision, what will be written on the connection that it is decided on. */
  willCommit: (name: string) => void
  ofSqlite: (connections: Connections) => Connections
  ofPostgres: (connections: PgConnections) => PgConnections
}>

/** Watches commits. Transactions on SQLite that share a commit get to the point one after the other. */
export const watchCommits = (reached: Reached): CommitWatch => {
  const decided = new AsyncLocalStorage<string[]>()
  return {
    willCommit: (name) => decided.getStore()?.push(name),
    ofSqlite: (connections) => ({
      ...connections,
      lendForWriting: (use) =>
        connections.lendForWriting((connection) => {
          const names: string[] = []
          return decided.run(names, async () => {
            const value = await use(connection)
            for (const name of names) reached(`before-commit:${name}`)
            return value
          })
        }),
    }),
    ofPostgres: (connections) => ({
      ...connections,
      lend: (use) =>
        connections.lend((connection) => {
          const names: string[] = []
          const beforeCommit = () => {
            for (const name of names) reached(`before-commit:${name}`)
          }
          return decided.run(names, () => use(holdCommit(connection, beforeCommit)))
        }),
    }),
  }
}

/**
 * A connection that sends COMMIT only when everything before it is answered. Otherwise it goes out together with the
 * writes, and there would be no moment at which they are made and not committed.
 */
const holdCommit = (connection: PgConnection, beforeCommit: () => void): PgConnection => {
  const sent: Promise<unknown>[] = []
  const query = async (config: { text: string }): Promise<unknown> => {
    if (config.text === 'commit') {
      await Promise.allSettled(sent)
      beforeCommit()
    }
    return connection.query(config)
  }
  const held = (config: { text: string }) => {
    const answer = query(config)
    sent.push(answer)
    return answer
  }
  return Object.create(connection, { query: { value: held } }) as PgConnection
}
