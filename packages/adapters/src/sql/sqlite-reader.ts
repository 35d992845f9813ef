import { existsSync, realpathSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StoreUnavailable } from '@holdfast/domain'
import Database from 'better-sqlite3'
import type { Row, Statement } from './statement.ts'

/** A connection that can only read. It sees the file as it was at its first read. */
export type Reader = Readonly<{
  all: (sql: string, params?: Statement['params']) => readonly Row[]
  close: () => void
}>

/** Nobody waits for more than the moment in which a server recovers the file after a crash. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a file for reading, and changes no byte of it. A file in WAL mode is read beside its writers by way of the files
 * `-wal` and `-shm`. Where it rests these are not there, and a read-only connection would make them and could not remove
 * them; in a read-only folder it would fail. So a file at rest is read as immutable, which better-sqlite3 cannot ask for and
 * node's own SQLite can.
 */
export const openReader = (path: string): Reader => {
  const file = realpathSync(path) // SQLite keeps `-wal` beside the file itself, not beside a link to it.
  return ['-wal', '-journal'].some((suffix) => existsSync(file + suffix))
    ? besideWriters(file)
    : atRest(file)
}

const besideWriters = (file: string): Reader => {
  const options = { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS }
  const database = new Database(file, options)
  database.exec('BEGIN')
  return {
    all: (sql, params = []) => database.prepare(sql).all(params) as Row[],
    close: () => {
      database.close()
    },
  }
}

const atRest = (file: string): Reader => {
  const before = versionOf(file)
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  const database = named(() => new DatabaseSync(url, { readOnly: true }))
  return {
    all: (sql, params = []) => {
      try {
        return named(() => database.prepare(sql).all(...params) as Row[])
      } finally {
        refuseChange(before, versionOf(file))
      }
    },
    close: () => database.close(),
  }
}

/** Whoever begins to write puts it into `-wal` first. The file itself changes only when that is carried over. */
const versionOf = (file: string): string => {
  const { ino, size, mtimeNs } = statSync(file, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

const refuseChange = (before: string, now: string): void => {
  if (before === now) return
  throw new StoreUnavailable('Another process has begun to write to the SQLite file.')
}

/** SQLite's own numbers of what can be wrong with a file, by the names that better-sqlite3 gives them. */
const CODES: Readonly<Record<number, string>> = {
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
}

const named = <T>(use: () => T): T => {
  try {
    return use()
  } catch (error) {
    const number = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
    const code = CODES[number & 0xff]
    throw code === undefined ? error : Object.assign(new Error(String(error)), { code })
  }
}
