import type { Money } from '@holdfast/domain'
import type Database from 'better-sqlite3'
import { v7 } from 'uuid'
import { identityIn, onLedgerFile, openLedgerFile } from './ledger-file.ts'
import {
  type ChargeRow,
  type EntryRow,
  type LedgerEntry,
  selectLedgerEntries,
  toCharge,
  toEntry,
} from './ledger-rows.ts'
import { createOutbox, type Outbox } from './outbox.ts'

/** Where a key stands at the fake gateway. `capturesAt` is when a charge takes the money that has not yet, if ever. */
export type Charge = Readonly<{
  idempotencyKey: string
  state: 'captured' | 'declined' | 'voided' | 'pending'
  amount: Money | null
  paymentMethod: string
  capturesAt: number | null
  refunded: boolean
  refusedRefunds: number
  at: number
}>

/** What can happen to a key at the gateway: money moves, or the key ends without. */
export type EventType = 'captured' | 'declined' | 'voided' | 'refunded'

/** The gateway's own books, in a file apart from the orders, so that it can testify after a crash of the service. */
export type FakeLedger = Readonly<{
  /** Who the gateway is. */
  gatewayId: string
  /** What is known of a key at this time: a charge that was due to capture has captured. */
  find(idempotencyKey: string, now: number): Charge | undefined
  /** Writes a charge, new or known, to which nothing has happened that anybody would be told of. */
  save(charge: Charge): void
  /** Writes a charge together with what has happened to it, and when. */
  book(charge: Charge, type: EventType, at: number): void
  /** Books the captures that are due by now. */
  bookDue(now: number): void
  /** The testimony, by key: those after one, so many at most. */
  entries(after: string, limit: number): readonly LedgerEntry[]
  /** The notifications that are still to be delivered. */
  outbox: Outbox
  /** Runs `work` as one step, apart from other processes that share the file. Throws `GatewayUnavailable`. */
  atomically<T>(work: () => T): T
  close(): void
}>

/** When to send a notification of what happens now: once for each time, in ms since 1970. */
export type Announce = () => readonly number[]

/** Its steps take milliseconds, so that a lock which lasts this long is not that of another step. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the ledger, and makes it where there is none. Nobody is notified unless `announce` says when. Throws
 * `UnusableFile` where the file is no ledger or cannot be had, and `GatewayUnavailable` where it is locked or full.
 */
export const openFakeLedger = (
  filename: string,
  announce: Announce = () => [],
  busyTimeoutMs: number = BUSY_TIMEOUT_MS,
): FakeLedger => {
  const database = onLedgerFile(filename, () => openLedgerFile(filename, busyTimeoutMs))
  const outbox = createOutbox(database)
  const selectCharge = database.prepare<[string], ChargeRow>(
    'select * from charges where idempotency_key = ?',
  )
  const selectDue = database.prepare<[number], ChargeRow>(
    'select * from charges where captures_at <= ? order by captures_at',
  )
  const selectEntries = database.prepare<[string, number], EntryRow>(selectLedgerEntries)
  const save = saving(database)
  const record = recording(database)
  const book: FakeLedger['book'] = (charge, type, at) => {
    save(charge)
    const eventId = record(charge, type, at)
    for (const sendAt of announce()) outbox.add(eventId, sendAt)
  }
  const capture = (charge: Charge, at: number): Charge => {
    const captured: Charge = { ...charge, state: 'captured', capturesAt: null, at }
    book(captured, 'captured', at)
    return captured
  }

  return {
    gatewayId: identityIn(database),
    find: (idempotencyKey, now) => {
      const row = selectCharge.get(idempotencyKey)
      if (!row) return undefined
      const charge = toCharge(row)
      const { capturesAt } = charge
      return capturesAt === null || capturesAt > now ? charge : capture(charge, capturesAt)
    },
    save,
    book,
    bookDue: (now) => {
      for (const row of selectDue.all(now)) capture(toCharge(row), Number(row.captures_at))
    },
    entries: (after, limit) => selectEntries.all(after, limit).map(toEntry),
    outbox,
    atomically: (work) => onLedgerFile(filename, () => database.transaction(work).immediate()),
    close: () => {
      database.close()
    },
  }
}

const saving = (database: Database.Database): FakeLedger['save'] => {
  const statement = database.prepare(
    'insert or replace into charges values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  return (charge) => {
    statement.run(
      charge.idempotencyKey,
      charge.state,
      charge.amount?.amountMinor ?? null,
      charge.amount?.currency ?? null,
      charge.paymentMethod,
      charge.capturesAt,
      Number(charge.refunded),
      charge.refusedRefunds,
      charge.at,
    )
  }
}

/** Appends an event and returns its id, which no other ledger uses either: receivers tell events apart by it. */
const recording = (database: Database.Database) => {
  const statement = database.prepare('insert into events values (?, ?, ?, ?, ?, ?)')
  return ({ idempotencyKey, amount }: Charge, type: EventType, at: number): string => {
    const id = `evt_${v7().replaceAll('-', '')}`
    const money = [amount?.amountMinor ?? null, amount?.currency ?? null]
    statement.run(id, idempotencyKey, type, ...money, at)
    return id
  }
}
