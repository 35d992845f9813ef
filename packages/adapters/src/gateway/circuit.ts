import type { Clock, OutcomeUnknown } from '@holdfast/domain'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel'
import { err, type Result } from 'neverthrow'

/** One silence is an accident, five in a row are an outage. */
const SILENCES_TO_OPEN = 5

/** So long nothing is charged; then one charge may try. Short, since an outage that is over should not cost customers. */
const OPEN_MS = 2000

/** Asks the gateway something. An `Err` means that no usable answer came. */
type Ask<T> = () => Promise<Result<T, OutcomeUnknown>>

/** Decides what is sent while the gateway seems to be down. */
export type Circuit = Readonly<{
  /** Whether a charge that is about to begin would be sent. */
  isClosed: () => boolean
  /** Sends a charge, or refuses to. */
  charge: <T>(ask: Ask<T>) => Promise<Result<T, OutcomeUnknown>>
  /** Asks what cannot do harm, in any case; the answer tells when the outage is over. */
  ask: <T>(ask: Ask<T>) => Promise<Result<T, OutcomeUnknown>>
}>

/**
 * A circuit breaker. Only charges are held back: each would leave a payment behind whose outcome nobody knows. Lookups,
 * voids and refunds go on, since somebody waits for them and they notice first that the gateway is back. `clock` must
 * never jump.
 */
export const createCircuit = (clock: Clock): Circuit => {
  let chargesAgainAt = 0
  const breaker = circuitBreaker(
    handleWhenResult((answer) => (answer as Result<unknown, unknown>).isErr()),
    {
      breaker: new ConsecutiveBreaker(SILENCES_TO_OPEN),
      // cockatiel would wait by the wall clock. We do the waiting, and it takes whatever comes through as its probe.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
    },
  )
  breaker.onBreak(() => {
    chargesAgainAt = clock.now() + OPEN_MS
  })
  const isClosed = (): boolean =>
    breaker.state === CircuitState.Closed ||
    (breaker.state === CircuitState.Open && clock.now() >= chargesAgainAt)

  return {
    isClosed,
    charge: async (ask) => {
      if (isClosed()) return breaker.execute(ask)
      // One that was claimed at the moment at which another became the probe: its intent is written, so it is sent as well.
      if (breaker.state === CircuitState.HalfOpen) return ask()
      const detail = 'The gateway did not answer lately; the charge was not sent.'
      return err({ code: 'outcome_unknown', detail })
    },
    ask: async (ask) => {
      if (breaker.state === CircuitState.Closed) return breaker.execute(ask)
      const answer = await ask()
      return breaker.state === CircuitState.Open ? breaker.execute(() => answer) : answer
    },
  }
}
