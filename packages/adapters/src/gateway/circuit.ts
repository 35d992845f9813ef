import type { Clock, OutcomeUnknown } from '@holdfast/domain'
import { err, type Result } from 'neverthrow'

/** One silence is an accident, five in a row are an outage. */
const SILENCES_TO_OPEN = 5

/** So long nothing is charged; then one charge may try. Short, since an outage that is over should not cost customers. */
const OPEN_MS = 2000

/** A customer who is refused and comes again within the second should find the way open, if the gateway is back. */
const PROBE_EVERY_MS = 250

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
  /** Asks for no other reason than to learn whether the outage is over, unless that was done a moment ago. */
  probe: (ask: Ask<unknown>) => void
}>

/**
 * A circuit breaker. Only charges are held back: each would leave a payment behind whose outcome nobody knows. Lookups,
 * voids and refunds go on, since somebody waits for them and they notice first that the gateway is back. Any answer ends
 * the outage, and the silence about what was sent before it says nothing of now. `clock` must never jump.
 */
export const createCircuit = (clock: Clock): Circuit => {
  let silences = 0
  let answers = 0
  let chargesAgainAt = Number.NEGATIVE_INFINITY
  let probeAgainAt = Number.NEGATIVE_INFINITY
  let trial: object | undefined

  const isOpen = (): boolean => silences >= SILENCES_TO_OPEN
  const isClosed = (): boolean => !isOpen() || (!trial && clock.now() >= chargesAgainAt)
  const answered = (): void => {
    answers += 1
    silences = 0
    trial = undefined
  }
  const listen = async <T>(ask: Ask<T>): Promise<Result<T, OutcomeUnknown>> => {
    const answersBefore = answers
    const answer = await ask()
    if (answer.isOk()) answered()
    else if (answers === answersBefore) {
      silences += 1
      if (isOpen()) chargesAgainAt = clock.now() + OPEN_MS
    }
    return answer
  }
  const tryOnce = async <T>(ask: Ask<T>): Promise<Result<T, OutcomeUnknown>> => {
    const own = {}
    trial = own
    return listen(ask).finally(() => {
      if (trial === own) trial = undefined
    })
  }
  return {
    isClosed,
    charge: async (ask) => {
      if (!isOpen()) return listen(ask)
      if (isClosed()) return tryOnce(ask)
      // One that was claimed at the moment at which another became the trial: its intent is written, so it is sent as well.
      if (trial) return listen(ask)
      const detail = 'The gateway did not answer lately; the charge was not sent.'
      return err({ code: 'outcome_unknown', detail })
    },
    ask: listen,
    probe: (ask) => {
      if (clock.now() < probeAgainAt) return
      probeAgainAt = clock.now() + PROBE_EVERY_MS
      ask().then(
        (answer) => answer.isOk() && answered(),
        () => undefined, // No answer, either.
      )
    },
  }
}
