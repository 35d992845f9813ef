import type { Ports } from './request.ts'

/**
 * Drops the idempotency keys that are older than their lifetime, and says how many. A key whose payment is `PENDING`
 * stays: a repeated request must find the attempt under way. Notifications go with them: one that comes again after
 * that is only one question to the gateway more.
 */
export const forgetKeys =
  ({ store, clock, settings }: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  (): Promise<number> =>
    store.forgetKeys(clock.now() - settings.idempotencyTtlMs)
