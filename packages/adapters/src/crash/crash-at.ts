/** Where this process is to end, or to stop until it is told to go on: the `nth` time that it gets to a crash point. */
export type CrashAt = Readonly<{ point: string; nth: number; signal: 'SIGKILL' | 'SIGSTOP' }>

/** Transactions, by what they write: the rows of history that they add, or what else there is. */
const TRANSACTIONS = [
  'create',
  'retryOrder',
  'modify',
  'cancel',
  'expire',
  'letGo',
  'startPayment',
  'retryPayment',
  'paymentSucceeded',
  'paymentFailed',
  'paymentFailed+modify',
  'modify+retryPayment',
  'paymentFailed+modify+retryPayment',
  'oweRefund',
  'changeProduct',
  'rememberKey',
]

/** What the store writes without a decision of the domain: mostly one statement, so there is only before and after. */
const WRITES = [
  'acceptNotification',
  ...['hastenChecks', 'leasePayments', 'postponeCheck', 'noteOutcome', 'noteFence'],
  ...['leaseRefunds', 'saveRefund'],
]

const GATEWAY_CALLS = ['charge', 'lookup', 'void', 'refund']

/**
 * Every crash point. `before-writes`: decided, nothing written. `before-commit`: written, not committed. `after-commit`:
 * committed, and nobody has been answered. `inside-` a call of the gateway: asked, and no answer has been looked at.
 */
export const crashPoints: readonly string[] = [
  ...TRANSACTIONS.flatMap((name) =>
    ['before-writes', 'before-commit', 'after-commit'].map((moment) => `${moment}:${name}`),
  ),
  ...WRITES.flatMap((name) => [`before-writes:${name}`, `after-commit:${name}`]),
  ...GATEWAY_CALLS.flatMap((name) => ['before', 'inside', 'after'].map((at) => `${at}-${name}`)),
]

/** Reads `POINT:N`, which kills, and `POINT:N:stop`, which stops; undefined if it is neither. */
export const readCrashAt = (written: string): CrashAt | undefined => {
  const [, point = '', nth, stop] = /^(.+):([1-9]\d{0,8})(:stop)?$/.exec(written) ?? []
  return crashPoints.includes(point)
    ? { point, nth: Number(nth), signal: stop ? 'SIGSTOP' : 'SIGKILL' }
    : undefined
}
