import type { UseCases } from '@holdfast/domain'
import type { Logger } from 'pino'

/** Work that goes on beside the requests, until it is stopped. */
export type Background = Readonly<{ stop: () => Promise<void> }>

/** Often enough for a first question two seconds after a claim; a look at an index that is almost always empty. */
const RECONCILE_EVERY_MS = 1000

/** Keys live for a day; an hour more does no harm. */
const FORGET_KEYS_EVERY_MS = 3_600_000

/**
 * Asks about every `PENDING` payment at once, since a crash may have left some, then about those that are due; and
 * drops idempotency keys that have had their day.
 */
export const startBackground = (
  { reconcilePayments, forgetKeys }: Pick<UseCases, 'reconcilePayments' | 'forgetKeys'>,
  log: Logger,
): Background => {
  const reconcile = async (all: boolean) => {
    const { concluded } = await reconcilePayments({ all })
    for (const { id, orderId, state } of concluded) {
      log.info({ paymentId: id, orderId, state }, 'A payment was concluded')
    }
  }
  const loops = [
    repeat(RECONCILE_EVERY_MS, log, (first) => reconcile(first)),
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

/** Runs `work` now and again and again, never twice at a time; a failure is logged and tried again. */
const repeat = (
  everyMs: number,
  log: Logger,
  work: (first: boolean) => Promise<void>,
): (() => Promise<void>) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  const round = (first: boolean) => {
    running = work(first)
      .catch((error: unknown) => log.warn({ err: error }, 'Background work failed; it goes on'))
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
