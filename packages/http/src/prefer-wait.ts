import type { IncomingMessage } from 'node:http'
import type { Payment } from '@holdfast/domain'
import type { Result, ResultAsync } from 'neverthrow'
import { waitingFor } from './defence/load.ts'
import type { SignedIn } from './identity.ts'
import type { Timers, WaitingRoom, Woken } from './waiting-room.ts'

/** Nobody waits for longer: proxies and clients give up after a minute, and a customer long before. */
const LONGEST_WAIT_S = 30

/**
 * The seconds of `Prefer: wait` (RFC 7240, 4.3) as they are applied; undefined where there is none. Of several only the first
 * counts, and one that is malformed is as if it were not there.
 */
export const readWait = ({ headers }: Pick<IncomingMessage, 'headers'>): number | undefined => {
  // What is quoted may hold commas. An open quote reaches to the end, so that each character is looked at just once.
  const bare = String(headers['prefer'] ?? '').replaceAll(/"(?:[^"\\]|\\.?)*(?:"|$)/gs, '""')
  const first = bare.split(',').find((each) => /^[\t ]*wait[\t ]*(?:[=;]|$)/i.test(each)) ?? ''
  const [, seconds] = /^[\t ]*wait[\t ]*=[\t ]*(\d+)[\t ]*(?:;|$)/i.exec(first) ?? []
  return seconds === undefined ? undefined : Math.min(Number(seconds), LONGEST_WAIT_S)
}

/** Lets requests wait for the end of a payment. */
export type Waiting = <T, E, F>(
  ctx: SignedIn,
  ask: () => ResultAsync<T, E>,
  pendingOf: (found: T) => Payment | undefined,
  askAgain: (found: T) => ResultAsync<T, F>,
) => Promise<Result<T, E | F>>

/**
 * Asks; where the client prefers to wait, and what was found has a payment that is `PENDING`, waits for its end and asks
 * again. The seconds count from the moment of asking. `Preference-Applied` says that the payment has ended or the time is up:
 * it is not there where the service stops, or nobody more may wait.
 */
export const createWaiting =
  ({ room, timers }: Readonly<{ room: WaitingRoom; timers: Timers }>): Waiting =>
  async (ctx, ask, pendingOf, askAgain) => {
    const askedAt = timers.now()
    const found = await ask()
    const seconds = readWait(ctx.req)
    if (found.isErr() || seconds === undefined) return found
    const pending = pendingOf(found.value)
    const ms = pending?.state === 'PENDING' ? askedAt + seconds * 1000 - timers.now() : 0
    const woken = pending && ms > 0 ? await waitFor(ctx, room, pending.id, ms) : 'timeUp'
    const mayHaveEnded = ms > 0 && woken !== undefined && woken !== 'left'
    const told = mayHaveEnded ? await askAgain(found.value) : found
    const isApplied = woken === 'ended' || woken === 'timeUp'
    if (told.isOk() && isApplied) ctx.set('Preference-Applied', `wait=${seconds}`)
    return told
  }

/** Waits, and notes for how long: that is not the service's own time. */
const waitFor = async (
  ctx: SignedIn,
  room: WaitingRoom,
  paymentId: string,
  ms: number,
): Promise<Woken | undefined> => {
  if (ctx.res.destroyed) return 'left'
  const place = room.enter({ paymentId, userId: ctx.state.caller.userId, ms })
  if (!place) return undefined
  const begunAt = performance.now()
  const end = () => {
    Object.assign(ctx.state, { waitedMs: performance.now() - begunAt })
    place.leave()
  }
  ctx.res.prependOnceListener('close', end) // Before the line of the request is written.
  const woken = await waitingFor('payment', () => place.woken)
  ctx.res.off('close', end)
  if (woken !== 'left') end()
  return woken
}
