import type { IdempotencyRecord } from '@holdfast/domain'
import { integer, type Row, type Statement, text, textOrNull } from './statement.ts'

/** What is known of a key. */
export const recordOf = ({
  userId,
  key,
}: Pick<IdempotencyRecord, 'userId' | 'key'>): Statement => ({
  sql: 'select * from idempotency_keys where user_id = ? and key = ?',
  params: [userId, key],
})

/**
 * Remembers a key, and hits nothing if another request was faster: the transaction then starts again and finds it. Never
 * an upsert, which would turn a finished key back into an open one.
 */
export const insertRecord = (record: IdempotencyRecord): Statement => ({
  sql: `insert into idempotency_keys (user_id, key, fingerprint, payment_id, outcome, created_at)
    values (?, ?, ?, ?, ?, ?) on conflict (user_id, key) do nothing`,
  params: [
    record.userId,
    record.key,
    record.fingerprint,
    record.paymentId,
    record.outcome,
    record.createdAt,
  ],
  mustAffect: 1,
})

/** Gives every key that waits for a payment its answer. */
export const finishRecords = (paymentId: string, outcome: string): Statement => ({
  sql: 'update idempotency_keys set outcome = ? where payment_id = ? and outcome is null',
  params: [outcome, paymentId],
})

/** Drops finished keys from before a time; one whose payment is `PENDING` has no outcome and stays. */
export const deleteRecords = (createdBefore: number): Statement => ({
  sql: 'delete from idempotency_keys where created_at < ? and outcome is not null returning 1 as one',
  params: [createdBefore],
})

/** A record out of its row. */
export const toRecord = (row: Row): IdempotencyRecord => ({
  userId: text(row, 'user_id'),
  key: text(row, 'key'),
  fingerprint: text(row, 'fingerprint'),
  paymentId: textOrNull(row, 'payment_id'),
  outcome: textOrNull(row, 'outcome'),
  createdAt: integer(row, 'created_at'),
})
