import { setTimeout as sleep } from 'node:timers/promises'
import type { OutcomeUnknown, PaymentGateway } from '@holdfast/domain'
import { err, type Result, ResultAsync } from 'neverthrow'

/** Resolves after so many ms, or rejects once the signal says that nobody waits any more. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>

/** Real time. */
export const realSleep: Sleep = (ms, signal) => sleep(ms, undefined, { signal })

/** A question to the gateway. The signal says that nobody waits for the answer any more. */
type Question<T> = (signal: AbortSignal) => PromiseLike<Result<T, OutcomeUnknown>>

/**
 * Gives questions a limit on how long their answer may take. No answer in time is not a failure but the absence of
 * knowledge: the money may have moved.
 */
export const limitTo = (timeoutMs: number, pause: Sleep = realSleep) => {
  return <T>(ask: Question<T>): ResultAsync<T, OutcomeUnknown> => {
    const [answered, over] = [new AbortController(), new AbortController()]
    const answer = ask(over.signal)
    const silence = pause(timeoutMs, answered.signal).then(() => {
      over.abort()
      return err<T, OutcomeUnknown>({
        code: 'outcome_unknown',
        detail: `The gateway did not answer within ${timeoutMs} ms.`,
      })
    })
    silence.catch(() => undefined) // The answer came first and ended the pause.
    return new ResultAsync(Promise.race([answer, silence]).finally(() => answered.abort()))
  }
}

/** The gateway with a limit on how long it may take to answer. */
export const answerWithin = (
  gateway: PaymentGateway,
  timeoutMs: number,
  pause: Sleep = realSleep,
): PaymentGateway => {
  const limit = limitTo(timeoutMs, pause)
  return {
    isAvailable: () => gateway.isAvailable(),
    identify: () => limit(() => gateway.identify()),
    charge: (request, meant) => limit(() => gateway.charge(request, meant)),
    lookup: (key, meant) => limit(() => gateway.lookup(key, meant)),
    void: (key, meant) => limit(() => gateway.void(key, meant)),
    refund: (request, meant) => limit(() => gateway.refund(request, meant)),
  }
}
