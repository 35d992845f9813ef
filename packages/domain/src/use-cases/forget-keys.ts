import type { Ports } from './request.ts'

/**
 * Drops the idempotency keys that are older than their lifetime, and says how many. A key whose payment is `PENDING`
 * stays: a repeated request must find the attempt under way.
 */
export const forgetKeys =
  ({ store, clock, settings }: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  (): Promise<number> =>
    store.forgetKeys(clock.now() - settings.idempotencyTtlMs)
