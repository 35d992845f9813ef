import { setTimeout as sleep } from 'node:timers/promises'
import type { OutcomeUnknown, PaymentGateway } from '@holdfast/domain'
import { err, ResultAsync } from 'neverthrow'

/** Resolves after so many ms, or rejects once the signal says that nobody waits any more. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>

const realSleep: Sleep = (ms, signal) => sleep(ms, undefined, { signal })

/**
 * The gateway with a limit on how long it may take. No answer in time is not a failure but the absence of knowledge: the
 * money may have moved.
 */
export const answerWithin = (
  gateway: PaymentGateway,
  timeoutMs: number,
  pause: Sleep = realSleep,
): PaymentGateway => {
  const limit = <T>(answer: ResultAsync<T, OutcomeUnknown>): ResultAsync<T, OutcomeUnknown> => {
    const answered = new AbortController()
    const silence = pause(timeoutMs, answered.signal).then(() =>
      err<T, OutcomeUnknown>({
        code: 'outcome_unknown',
        detail: `The gateway did not answer within ${timeoutMs} ms.`,
      }),
    )
    silence.catch(() => undefined) // The answer came first and ended the pause.
    return new ResultAsync(Promise.race([answer, silence]).finally(() => answered.abort()))
  }
  return {
    isAvailable: () => gateway.isAvailable(),
    charge: (request) => limit(gateway.charge(request)),
    lookup: (key) => limit(gateway.lookup(key)),
    void: (key) => limit(gateway.void(key)),
    refund: (request) => limit(gateway.refund(request)),
  }
}
