import type { SqlDriver } from './driver.ts'
import { refusesToWrite } from './read-only.ts'
import { asUnavailable } from './sqlite-connections.ts'
import { openReader, type Reader } from './sqlite-reader.ts'

/** Reads a SQLite file for a command, beside servers or not, and changes no byte of it. */
export const createSqliteReadDriver = (file: string): SqlDriver => ({
  ...refusesToWrite,
  read: (reads) =>
    reading(file, async ({ all }) => reads.map(({ sql, params }) => all(sql, params))),
  snapshot: (work) => reading(file, ({ all }) => work(async (sql, params) => all(sql, params))),
  load: () => ({ inUse: 0, waiting: 0 }),
  close: async () => undefined,
})

const reading = async <T>(file: string, use: (reader: Reader) => Promise<T>): Promise<T> => {
  try {
    const reader = openReader(file)
    try {
      return await use(reader)
    } finally {
      reader.close()
    }
  } catch (error) {
    throw asUnavailable(error)
  }
}
