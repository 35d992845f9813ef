import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { v7 } from 'uuid'
import { harden, isOutage } from '../sql/sqlite-connections.ts'
import { APPLICATION_IDS, refuseOtherKind } from '../sql/sqlite-identity.ts'
import { checkWritable, openNamed, UnusableFile } from '../unusable-file.ts'
import { GatewayUnavailable } from './gateway-unavailable.ts'

/** The version of the tables below, kept in the file's `user_version`. Files from before there were versions have 0. */
const VERSION = 2

/**
 * `charges` says where each key stands, `events` what happened to it: appended where money moves or a key ends, and never
 * changed, so that a second capture would show. `outbox` holds the notifications that nobody has taken yet.
 */
const tables = `
  create table if not exists charges (
    idempotency_key text primary key,
    state text not null check (state in ('captured', 'declined', 'voided', 'pending')),
    amount_minor integer,
    currency text,
    payment_method text not null,
    captures_at integer,
    refunded integer not null check (refunded in (0, 1)),
    refused_refunds integer not null,
    at integer not null
  ) strict;
  create index charges_due on charges (captures_at) where captures_at is not null;
  create table events (
    id text primary key,
    idempotency_key text not null,
    type text not null check (type in ('captured', 'declined', 'voided', 'refunded')),
    amount_minor integer,
    currency text,
    at integer not null
  ) strict;
  create index events_of_key on events (idempotency_key);
  create table outbox (
    id integer primary key,
    event_id text not null references events (id),
    attempts integer not null default 0,
    next_try_at integer not null
  ) strict;
  create index outbox_due on outbox (next_try_at);
`

/** Who the gateway is. A ledger without it, of an earlier version, gets it when it is next opened. */
const identity = `
  create table identity (
    only_row integer primary key check (only_row = 1),
    gateway_id text not null
  ) strict;
`

/** What a ledger without events can still testify: each end once, and each refund. */
const eventsOfCharges = `
  insert into events
    select 'evt_' || lower(hex(randomblob(16))), idempotency_key, type, amount_minor, currency, at
    from (
      select *, state as type from charges where state <> 'pending'
      union all
      select *, 'refunded' as type from charges where refunded = 1
    )
`

/**
 * Opens a ledger's file, and makes or completes its tables. `:memory:` keeps it for this process alone. Where another
 * process writes, each step waits for it for up to `busyTimeoutMs`. A file that is something else is left as it is.
 */
export const openLedgerFile = (filename: string, busyTimeoutMs: number): Database.Database => {
  checkLedgerFile(filename)
  return openNamed('FAKE_LEDGER', filename, () => open(filename, busyTimeoutMs))
}

/** Throws `UnusableFile` unless the file is a ledger that can be written to, or may become one. */
export const checkLedgerFile = (filename: string): void => {
  if (filename === ':memory:') return
  refuseOtherKind('FAKE_LEDGER', filename, 'ledger')
  checkWritable('FAKE_LEDGER', filename)
}

/** Throws `UnusableFile` unless there is a ledger: an empty one in its place would deny every charge that was made. */
export const requireLedger = (filename: string): void => {
  if (refuseOtherKind('FAKE_LEDGER', filename, 'ledger') === 'ledger') return
  throw new UnusableFile(
    `FAKE_LEDGER: there is no ledger at ${filename}. Name the ledger that the service uses, or set GATEWAY_URL to its gateway.`,
  )
}

const open = (filename: string, busyTimeoutMs: number): Database.Database => {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true })
  const database = new Database(filename, { timeout: busyTimeoutMs })
  try {
    if (filename !== ':memory:') harden(database)
    database.transaction(() => complete(database)).immediate()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Runs `work` on a ledger's file. One that is locked, full or damaged is an outage of the gateway: nobody can ask it. */
export const onLedgerFile = <T>(filename: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error && isOutage(error))) throw error
    throw new GatewayUnavailable(
      `The ledger of the fake gateway cannot be used (${filename}: ${error.message}).`,
      { cause: error },
    )
  }
}

const complete = (database: Database.Database): void => {
  const version = ledgerVersion(database.pragma('user_version', { simple: true }))
  if (version < 1) {
    database.exec(tables)
    database.exec(eventsOfCharges)
  }
  if (version < VERSION) {
    database.exec(identity)
    const gatewayId = `gw_${v7().replaceAll('-', '')}`
    database.prepare('insert into identity values (1, ?)').run(gatewayId)
    database.pragma(`user_version = ${VERSION}`)
  }
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_IDS.ledger) {
    database.pragma(`application_id = ${APPLICATION_IDS.ledger}`)
  }
}

/** The version of a ledger's tables, out of `user_version`. Throws `UnusableFile` where it is newer than this code. */
export const ledgerVersion = (found: unknown): number => {
  const version = Number(found)
  if (version <= VERSION) return version
  throw new UnusableFile(
    `The fake gateway's ledger was made by a newer version (${version}) than this.`,
  )
}

/** Finds who the gateway is, from version 2 on. */
export const SELECT_IDENTITY = 'select gateway_id as id from identity'

/** The id of the gateway whose ledger this is: made with the ledger, and the same for as long as there is one. */
export const identityIn = (database: Database.Database): string => {
  const select = database.prepare<[], { id: string }>(SELECT_IDENTITY)
  const found = select.get()
  if (!found) throw new UnusableFile("The fake gateway's ledger does not say whose it is.")
  return found.id
}
