import { StoreUnavailable, type UseCases } from '@holdfast/domain'
import type { Logger } from 'pino'
import type { EnsureGateway } from './ensure-gateway.ts'

/** Work that goes on beside the requests, until it is stopped. */
export type Background = Readonly<{ stop: () => Promise<void> }>

/** Often enough for a first question two seconds after a claim; a look at an index that is almost always empty. */
const RECONCILE_EVERY_MS = 1000

/**
 * Every so many rounds the reconciler also looks for checks that lie too far ahead: once a minute, so that two servers whose
 * clocks differ do not ask every second.
 */
const DISTRUST_EVERY_ROUNDS = 60
/** A gateway that is back serves customers soon; while it is known to be the right one nothing is asked. */
const ENSURE_EVERY_MS = 1000

/** Owed money is given back soon, and an order expires about when it should; both look at an index that is almost empty. */
const SETTLE_EVERY_MS = 1000
const EXPIRE_EVERY_MS = 10_000

/** Keys live for a day; an hour more does no harm. */
const FORGET_KEYS_EVERY_MS = 3_600_000

/**
 * Makes sure of the gateway. Asks about every `PENDING` payment at once, since a crash may have left some, then about those
 * that are due; gives back what is owed, lets unpaid orders expire and failed ones go, and drops idempotency keys that have
 * had their day.
 */
export const startBackground = (
  {
    reconcilePayments,
    settleRefunds,
    expireOrders,
    forgetKeys,
    ensure,
  }: Pick<UseCases, 'reconcilePayments' | 'settleRefunds' | 'expireOrders' | 'forgetKeys'> &
    Readonly<{ ensure: EnsureGateway }>,
  log: Logger,
): Background => {
  let round = 0
  const reconcile = async (all: boolean) => {
    const trustClocks = round % DISTRUST_EVERY_ROUNDS !== 0
    round += 1
    const { concluded, stillPending, owed } = await reconcilePayments({ all, trustClocks })
    for (const { id, orderId, state } of concluded) {
      log.info({ paymentId: id, orderId, state }, 'A payment was concluded')
    }
    for (const { id, orderId } of stillPending.filter(({ overdue }) => overdue)) {
      log.warn({ paymentId: id, orderId }, 'A payment is overdue: the gateway cannot be asked')
    }
    for (const { id, orderId } of owed) {
      log.warn({ paymentId: id, orderId }, 'A failed payment was captured: a refund is owed')
    }
  }
  const settle = async () => {
    const { confirmed, stillOwed } = await settleRefunds()
    for (const { paymentId } of confirmed) log.info({ paymentId }, 'A refund was confirmed')
    for (const { paymentId, attempts } of stillOwed) {
      log.warn({ paymentId, attempts }, 'A refund was not confirmed; it stays owed')
    }
  }
  const expire = async () => {
    for (const { id, state } of await expireOrders()) {
      const isExpired = state === 'ORDER_CANCELLED'
      const what = isExpired ? 'An order has expired' : 'A failed order was let go'
      log.info({ orderId: id }, what)
    }
  }
  const loops = [
    repeat(ENSURE_EVERY_MS, log, async () => {
      await ensure()
    }),
    repeat(RECONCILE_EVERY_MS, log, (first) => reconcile(first)),
    repeat(SETTLE_EVERY_MS, log, settle),
    repeat(EXPIRE_EVERY_MS, log, expire),
    repeat(FORGET_KEYS_EVERY_MS, log, async () => {
      await forgetKeys()
    }),
  ]
  return {
    stop: async () => {
      await Promise.all(loops.map((stop) => stop()))
    },
  }
}

/**
 * Runs `work` now and again and again, never twice at a time; a failure is logged and tried again. An outage will pass; any
 * other failure is a bug.
 */
export const repeat = (
  everyMs: number,
  log: Logger,
  work: (first: boolean) => Promise<void>,
): (() => Promise<void>) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const round = (first: boolean) => {
    running = work(first)
      .catch((error: unknown) => {
        const level = error instanceof StoreUnavailable ? 'warn' : 'error'
        log[level]({ err: error }, 'Background work failed; it goes on')
      })
      .then(() => {
        if (!stopped) timer = setTimeout(round, everyMs, false)
      })
  }
  round(true)
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
