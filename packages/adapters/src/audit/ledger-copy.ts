import { tmpdir } from 'node:os'
import { StoreUnavailable } from '@holdfast/domain'
import Database from 'better-sqlite3'
import type { LedgerEntry } from '../gateway/fake-ledger.ts'
import { isOutage } from '../sql/sqlite-connections.ts'
import { openNamed } from '../unusable-file.ts'

/** A gateway's ledger, at hand by key. Entries that were taken are gone, so that those of nobody are left over. */
export type LedgerCopy = Readonly<{
  add: (entries: readonly LedgerEntry[]) => void
  /** Takes the entries of these keys out, by key. */
  take: (keys: readonly string[]) => ReadonlyMap<string, LedgerEntry>
  /** Takes out as many of those that are left, in the order of their keys. */
  takeSome: (limit: number) => readonly LedgerEntry[]
  close: () => void
}>

/**
 * An empty copy, in a temporary file that SQLite keeps to itself and removes: a ledger comes in pages and in its own order,
 * and may be larger than memory. Up to 2 MB it needs no file. `add` throws `UnusableFile` where no temporary folder can be
 * written to, and `StoreUnavailable` where it is full.
 */
export const openLedgerCopy = (): LedgerCopy => {
  const database = new Database('')
  database.pragma('journal_mode = off')
  database.pragma('synchronous = off')
  database.exec('create table entries (key text primary key, entry text not null) without rowid')
  const insert = database.prepare<[string, string]>('insert or replace into entries values (?, ?)')
  const takeOut = database.prepare<[string], { entry: string }>(
    'delete from entries where key in (select value from json_each(?)) returning entry',
  )
  const takeSome = database.prepare<[number], { entry: string }>(
    'delete from entries where key in (select key from entries limit ?) returning entry',
  )
  const addAll = database.transaction((entries: readonly LedgerEntry[]) => {
    for (const entry of entries) insert.run(entry.idempotencyKey, JSON.stringify(entry))
  })
  const parse = ({ entry }: { entry: string }): LedgerEntry => JSON.parse(entry)
  return {
    add: (entries) => onTemporaryFile(() => addAll(entries)),
    take: (keys) =>
      new Map(
        takeOut.all(JSON.stringify(keys)).map((row) => {
          const entry = parse(row)
          return [entry.idempotencyKey, entry]
        }),
      ),
    takeSome: (limit) => takeSome.all(limit).map(parse),
    close: () => {
      database.close()
    },
  }
}

const onTemporaryFile = (work: () => void): void => {
  try {
    openNamed('TMPDIR', tmpdir(), work)
  } catch (error) {
    if (!isOutage(error)) throw error
    throw new StoreUnavailable('The temporary folder has no room for a copy of the ledger.', {
      cause: error,
    })
  }
}
