import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Money } from '@holdfast/domain'
import Database from 'better-sqlite3'

/** What the fake gateway knows of one key. `capturesAt` is when a pending charge takes the money, if ever. */
export type LedgerEntry = Readonly<{
  idempotencyKey: string
  state: 'captured' | 'declined' | 'voided' | 'pending'
  amount: Money | null
  paymentMethod: string
  capturesAt: number | null
  refunded: boolean
  refusedRefunds: number
  at: number
}>

/** The gateway's own books, in a file apart from the orders, so that it can testify after a crash of the service. */
export type FakeLedger = Readonly<{
  /** What is known of a key at this time: a charge that was due to capture has captured. */
  find(idempotencyKey: string, now: number): LedgerEntry | undefined
  /** Writes an entry, new or known. */
  save(entry: LedgerEntry): void
  /** Runs `work` as one step, apart from other processes that share the file. */
  atomically<T>(work: () => T): T
  close(): void
}>

type LedgerRow = Readonly<{
  idempotency_key: string
  state: LedgerEntry['state']
  amount_minor: number | null
  currency: string | null
  payment_method: string
  captures_at: number | null
  refunded: number
  refused_refunds: number
  at: number
}>

/** Opens the ledger, and makes it where there is none. `:memory:` keeps it for this process alone. */
export const openFakeLedger = (filename: string): FakeLedger => {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true })
  const database = new Database(filename)
  database.pragma('journal_mode = wal')
  database.pragma('synchronous = full')
  database.exec(`create table if not exists charges (
    idempotency_key text primary key,
    state text not null check (state in ('captured', 'declined', 'voided', 'pending')),
    amount_minor integer,
    currency text,
    payment_method text not null,
    captures_at integer,
    refunded integer not null check (refunded in (0, 1)),
    refused_refunds integer not null,
    at integer not null
  ) strict`)
  const selectCharge = database.prepare<[string], LedgerRow>(
    'select * from charges where idempotency_key = ?',
  )
  const saveCharge = database.prepare(
    'insert or replace into charges values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const save = (entry: LedgerEntry) => {
    saveCharge.run(
      entry.idempotencyKey,
      entry.state,
      entry.amount?.amountMinor ?? null,
      entry.amount?.currency ?? null,
      entry.paymentMethod,
      entry.capturesAt,
      Number(entry.refunded),
      entry.refusedRefunds,
      entry.at,
    )
  }

  return {
    find: (idempotencyKey, now) => {
      const row = selectCharge.get(idempotencyKey)
      if (!row) return undefined
      const entry = toEntry(row)
      if (entry.capturesAt === null || entry.capturesAt > now) return entry
      const captured: LedgerEntry = {
        ...entry,
        state: 'captured',
        capturesAt: null,
        at: entry.capturesAt,
      }
      save(captured)
      return captured
    },
    save,
    atomically: (work) => database.transaction(work).immediate(),
    close: () => {
      database.close()
    },
  }
}

const toEntry = (row: LedgerRow): LedgerEntry => ({
  idempotencyKey: row.idempotency_key,
  state: row.state,
  amount:
    row.amount_minor === null || row.currency === null
      ? null
      : { amountMinor: row.amount_minor, currency: row.currency },
  paymentMethod: row.payment_method,
  capturesAt: row.captures_at,
  refunded: row.refunded === 1,
  refusedRefunds: row.refused_refunds,
  at: row.at,
})
