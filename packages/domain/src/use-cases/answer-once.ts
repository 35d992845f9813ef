import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { DomainError } from '../errors.ts'
import type { Changes, Found, IdempotencyRecord, Wanted } from '../ports/store.ts'
import { actorOf, userOf } from '../rules/caller.ts'
import { type IdempotencyKeyReused, isRemembered, refuseReusedKey } from '../rules/idempotency.ts'
import type { Ports, WriteRequest } from './request.ts'
import { sayUntilWhen } from './until-when.ts'

/**
 * What a decision comes to: the answer and what to write. `waitsFor` is the payment whose end gives the final answer;
 * `interim` marks an answer that only tells the use case how to go on.
 */
export type Attempt<T, E> = Readonly<{
  result: Result<T, E>
  changes?: Changes
  waitsFor?: string | undefined
  interim?: true
}>

/** An outcome as it is kept under a key. */
type Outcome<T, E> = Readonly<{ value: T } | { error: E }>

/** The text that a key keeps: enough to give the same answer again, byte for byte. */
export const writeOutcome = <T, E>(result: Result<T, E>): string =>
  JSON.stringify(
    result.match<Outcome<T, E>>(
      (value) => ({ value }),
      (error) => ({ error }),
    ),
  )

/**
 * Runs `decide` in a transaction, once for each idempotency key: the key's record is written together with the effect,
 * so that a crash leaves both or neither, and a repeated request gets the first answer again. An order in the answer says
 * until when it holds its stock, and a key keeps that as it was said.
 */
export const answerOnce = <T, E extends Pick<DomainError, 'code'>>(
  { store, settings }: Pick<Ports, 'store' | 'settings'>,
  { by, idempotency }: WriteRequest,
  now: number,
  wanted: Wanted,
  decide: (found: Found) => Attempt<T, E>,
): ResultAsync<T, E | IdempotencyKeyReused> => {
  const attempt = (found: Found): Attempt<T, E> => {
    const { result, ...rest } = decide(found)
    return { ...rest, result: sayUntilWhen(result, settings.orderTtlMs) }
  }
  type Answer = { result: Result<T, E | IdempotencyKeyReused>; replayed: boolean }
  if (!idempotency) {
    const answered = store.transaction(wanted, (found) => {
      const { result, changes } = attempt(found)
      return { value: result, ...(changes && { changes }) }
    })
    return new ResultAsync<T, E | IdempotencyKeyReused>(answered)
  }
  const claim = { userId: userOf(by) ?? actorOf(by), key: idempotency.key }
  const answered = store.transaction<Answer>({ ...wanted, key: claim }, (found) => {
    const known = found.record
    const reused = refuseReusedKey(known, idempotency.fingerprint)
    if (reused.isErr()) return { value: { result: err(reused.error), replayed: false } }
    if (known?.outcome)
      return { value: { result: readOutcome<T, E>(known.outcome), replayed: true } }

    const { result, changes, waitsFor, interim } = attempt(found)
    const remembered = !interim && (result.isOk() || isRemembered(result.error))
    const record: IdempotencyRecord = {
      ...claim,
      fingerprint: idempotency.fingerprint,
      paymentId: waitsFor ?? null,
      outcome: waitsFor === undefined ? writeOutcome(result) : null,
      createdAt: now,
    }
    const all = { ...changes, ...(remembered && { record }) }
    return { value: { result, replayed: false }, changes: all }
  })
  return new ResultAsync<T, E | IdempotencyKeyReused>(
    answered.then(({ result, replayed }) => {
      if (replayed) idempotency.onReplay?.()
      return result
    }),
  )
}

const readOutcome = <T, E>(text: string): Result<T, E> => {
  const outcome = JSON.parse(text) as Outcome<T, E>
  return 'value' in outcome ? ok(outcome.value) : err(outcome.error)
}
