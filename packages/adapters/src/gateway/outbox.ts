import type Database from 'better-sqlite3'
import type { EventType } from './fake-ledger.ts'

/** A notification that is to be delivered; `attempts` were made in vain. `at` is when the event happened. */
export type Undelivered = Readonly<{
  id: number
  attempts: number
  eventId: string
  type: EventType
  idempotencyKey: string
  at: number
}>

/** The gap after the first attempt that was in vain, in ms; it doubles with each one, up to an hour. */
export const FIRST_GAP_MS = 1000
export const LONGEST_GAP_MS = 3_600_000

/** Nothing is put in for so much later. */
const CLOCK_SET_BACK_MS = 60_000

/** Notifications on their way. They are in the ledger's file: an event and its notification are written as one. */
export type Outbox = Readonly<{
  /** Puts in a notification of an event, to be sent at this time. */
  add(eventId: string, at: number): void
  /**
   * What is to be sent by now, the longest overdue first; what lies further ahead than a minute and than the gap after its
   * attempts, too: the clock was set back since.
   */
  due(now: number, limit: number): readonly Undelivered[]
  /** Takes one out that has arrived. */
  delivered(id: number): void
  /** Keeps one for another attempt. */
  postpone(id: number, nextTryAt: number): void
}>

/** The outbox of a ledger's file. */
export const createOutbox = (database: Database.Database): Outbox => {
  const insert = database.prepare('insert into outbox (event_id, next_try_at) values (?, ?)')
  const select = database.prepare<[number, number, number, number], Undelivered>(
    `select o.id, o.attempts, e.id as eventId, e.type, e.idempotency_key as idempotencyKey, e.at
    from outbox o join events e on e.id = o.event_id
    where o.next_try_at <= ? or (o.next_try_at > ? + ${CLOCK_SET_BACK_MS}
      and o.next_try_at > ? + min(${LONGEST_GAP_MS}, ${FIRST_GAP_MS} << min(o.attempts, 20)))
    order by o.next_try_at, o.id limit ?`,
  )
  const remove = database.prepare('delete from outbox where id = ?')
  const update = database.prepare(
    'update outbox set attempts = attempts + 1, next_try_at = ? where id = ?',
  )
  return {
    add: (eventId, at) => {
      insert.run(eventId, at)
    },
    due: (now, limit) => select.all(now, now, now, limit),
    delivered: (id) => {
      remove.run(id)
    },
    postpone: (id, nextTryAt) => {
      update.run(nextTryAt, id)
    },
  }
}
