import type { Clock, Store } from '@holdfast/domain'

/** Whether the service can write, as a small write of its own shows. */
export type WriteWatch = Readonly<{
  /** Makes that write, and rejects as it does. Not to be called again before it has ended. */
  look: () => Promise<void>
  /** Since when no write has succeeded, in ms since 1970; undefined while they do. */
  notSince: () => number | undefined
}>

/**
 * Writes that have not succeeded for so long do not: a customer's would have been given up by now. A single one that was
 * slow or failed says nothing yet.
 */
export const LIMIT_MS = 5000

/** So much time lies between the end of one look and the next: little to write, and soon enough for a balancer. */
export const LOOK_EVERY_MS = 5000

/**
 * A database can answer every read while no write comes to its end: a disk is full, another process keeps the lock, a
 * synchronous standby is lost. Only a write tells.
 */
export const createWriteWatch = ({
  store,
  clock,
}: Readonly<{ store: Pick<Store, 'proveWritable'>; clock: Clock }>): WriteWatch => {
  let since: number | undefined
  return {
    look: async () => {
      const begunAt = clock.now()
      since ??= begunAt
      await store.proveWritable(begunAt)
      since = undefined
    },
    notSince: () => (since !== undefined && clock.now() - since >= LIMIT_MS ? since : undefined),
  }
}
