import { err, ok, type Result } from 'neverthrow'
import type { DomainError } from '../errors.ts'

/** The key came with another request before. A new request needs a new key. */
export type IdempotencyKeyReused = Readonly<{ code: 'idempotency_key_reused'; detail: string }>

/** A day covers every client that retries, phones without a signal included, and keeps the table small. */
export const DEFAULT_IDEMPOTENCY_TTL_MS = 86_400_000

/**
 * Refusals that change with time or with somebody else's doing and promise nothing: a key that got one of them may be
 * used again, and the request is then judged anew. Every other refusal is the key's answer for good.
 */
const NOT_REMEMBERED: readonly DomainError['code'][] = [
  'gateway_unavailable',
  'idempotency_key_reused',
  'order_not_found',
  'payment_attempts_exceeded',
  'payment_not_found',
  'payment_outcome_unknown',
  'product_not_found',
  'too_many_unpaid_orders',
]

/** Whether a refusal is stored under the request's idempotency key and given again. */
export const isRemembered = ({ code }: Pick<DomainError, 'code'>): boolean =>
  !NOT_REMEMBERED.includes(code)

/** Refuses a key that belongs to another request. */
export const refuseReusedKey = (
  known: Readonly<{ fingerprint: string }> | undefined,
  fingerprint: string,
): Result<void, IdempotencyKeyReused> =>
  known === undefined || known.fingerprint === fingerprint
    ? ok(undefined)
    : err({
        code: 'idempotency_key_reused',
        detail: 'The idempotency key was used for another request before.',
      })
