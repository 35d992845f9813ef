/** How often the wire goes wrong by chance, whatever the payment method says: shares of requests, from 0 to 1. */
export type FaultRates = Readonly<{
  /** Done, and never answered. */
  lostAnswers: number
  /** Not done, answered with 503. */
  errors: number
  /** Done, answered with nonsense. */
  nonsense: number
  /** Done, answered `slowAnswerMs` later. */
  slowAnswers: number
  slowAnswerMs: number
  /** Lookups of a known key that are answered as if it had never been seen. */
  forgottenKeys: number
  /** Notifications that are sent twice. */
  doubledNotifications: number
  /** Notifications that are sent some seconds later than others. */
  delayedNotifications: number
}>

/** Nothing goes wrong by chance. */
export const NO_FAULTS: FaultRates = {
  lostAnswers: 0,
  errors: 0,
  nonsense: 0,
  slowAnswers: 0,
  slowAnswerMs: 2000,
  forgottenKeys: 0,
  doubledNotifications: 0,
  delayedNotifications: 0,
}

/** The longest delay by which others overtake a notification: longer than the service's first question to the gateway. */
const LONGEST_DELAY_MS = 10_000

/** When notifications of one event are to be sent, from now on. */
export const announceAt = (
  { doubledNotifications, delayedNotifications }: FaultRates,
  random: () => number,
  now: number,
): readonly number[] => {
  const copies = random() < doubledNotifications ? 2 : 1
  return Array.from({ length: copies }, () =>
    random() < delayedNotifications ? now + Math.round(random() * LONGEST_DELAY_MS) : now,
  )
}
