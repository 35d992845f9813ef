import type { Clock } from '@holdfast/domain'
import { signNotification } from './notification-signature.ts'
import { FIRST_GAP_MS, LONGEST_GAP_MS, type Outbox, type Undelivered } from './outbox.ts'

/** Where notifications go, and what they are signed with. `note` is told of each one that did not arrive. */
export type NotifierParts = Readonly<{
  outbox: Outbox
  url: string
  secret: string
  clock: Clock
  random: () => number
  note: (line: string) => void
}>

/** Sends what is due by now, the oldest first, and waits for what comes of it, or for the signal. */
export type DeliverDue = (signal: AbortSignal) => Promise<void>

/** So many at a time: a receiver that was down is not overrun when it is back. */
const AT_A_TIME = 50

/** A receiver stores a notification and answers; one that takes longer gets it again. */
const ANSWER_WITHIN_MS = 5000

/**
 * Delivers notifications at least once: each stays in the outbox until the receiver has answered with 2xx, and is sent
 * again with growing gaps, also after a restart. Nothing keeps them in order.
 */
export const createNotifier =
  (parts: NotifierParts): DeliverDue =>
  async (signal) => {
    const due = parts.outbox.due(parts.clock.now(), AT_A_TIME)
    await Promise.all(due.map((notification) => deliver(parts, notification, signal)))
  }

const deliver = async (
  parts: NotifierParts,
  notification: Undelivered,
  signal: AbortSignal,
): Promise<void> => {
  const refusal = await post(parts, notification, signal)
  if (signal.aborted) return // It is not known whether it arrived: it stays as it is.
  if (refusal === undefined) return parts.outbox.delivered(notification.id)
  const gapMs = gapAfter(notification.attempts, parts.random)
  parts.outbox.postpone(notification.id, parts.clock.now() + gapMs)
  parts.note(`${notification.eventId} was not delivered (${refusal}); again in ${gapMs} ms`)
}

/** What was wrong; `undefined` once it arrived. */
const post = async (
  { url, secret, clock }: NotifierParts,
  { eventId, type, idempotencyKey, at }: Undelivered,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const body = JSON.stringify({ eventId, type, idempotencyKey, at: new Date(at).toISOString() })
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'gateway-signature': signNotification(secret, clock.now(), body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    await response.body?.cancel()
    return response.ok ? undefined : String(response.status)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A second, two, four, and so on up to an hour; between half of it and all, so that they do not come in one heap. */
const gapAfter = (attempts: number, random: () => number): number =>
  Math.round(Math.min(LONGEST_GAP_MS, FIRST_GAP_MS * 2 ** attempts) * (0.5 + random() / 2))
