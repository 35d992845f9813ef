import type { OutcomeUnknown } from '@holdfast/domain'
import { err, ok, type Result } from 'neverthrow'
import type { Sleep } from './answer-within.ts'
import { exchange, type GatewayReply, type GatewayRequest } from './exchange.ts'

/** Where requests go. `pause` and `random` space resends. */
export type SenderParts = Readonly<{
  url: string
  secret: string | undefined
  maxBytes: number
  pause: Sleep
  random: () => number
}>

/** Sends a request to a path below the gateway's URL until it is answered, or the signal says that it is too late. */
export type Send = (
  request: Pick<GatewayRequest, 'method' | 'meant' | 'body'> & Readonly<{ path: string }>,
  signal: AbortSignal,
) => Promise<Result<GatewayReply, OutcomeUnknown>>

/** A connection that was closed a moment too early is made good at once; an outage is not, and is left in peace. */
const MOST_SENDS = 3

/** The first resend comes within this, the second within twice of it: full jitter, so that clients do not march in step. */
const FIRST_GAP_MS = 100

/** Resending is safe: a charge, a void and a refund carry the same key each time. */
export const createSender = ({ url, secret, maxBytes, pause, random }: SenderParts): Send => {
  const base = url.endsWith('/') ? url : `${url}/`
  return async ({ path, ...request }, signal) => {
    for (let sent = 1; ; sent += 1) {
      const answer = await exchange(
        { ...request, url: new URL(path, base), secret, maxBytes },
        signal,
      )
      if (answer.isOk()) return ok(answer.value)
      const { mayResend, ...why } = answer.error
      const silence = err<never, OutcomeUnknown>({ code: 'outcome_unknown', ...why })
      if (!mayResend || sent === MOST_SENDS || signal.aborted) return silence
      await pause(random() * FIRST_GAP_MS * 2 ** (sent - 1), signal).catch(() => undefined)
      if (signal.aborted) return silence
    }
  }
}
