import type { Clock, Store } from '@holdfast/domain'

/** Whether the service can write, as a small write of its own shows. */
export type WriteWatch = Readonly<{
  /** Makes that write, and rejects as it does. Not to be called again before it has ended. */
  look: () => Promise<void>
  /** Since when no write has succeeded, in ms since 1970; undefined while they do. */
  notSince: () => number | undefined
}>

/**
 * A write that hangs for so long will not be made: a customer's would have been given up by now. One that fails says nothing
 * yet, the second in a row does.
 */
export const LIMIT_MS = 5000

/** So much time lies between the end of one look and the next: little to write, and soon enough for a balancer. */
export const LOOK_EVERY_MS = 5000

/**
 * A database can answer every read while no write comes to its end: a disk is full, another process keeps the lock, a
 * synchronous standby is lost. Only a write tells. `ticks` never jump, so that a clock which is set back hides nothing.
 */
export const createWriteWatch = ({
  store,
  clock,
  ticks = () => performance.now(),
}: Readonly<{
  store: Pick<Store, 'proveWritable'>
  clock: Clock
  ticks?: () => number
}>): WriteWatch => {
  let since: number | undefined
  let failures = 0
  let looking: Readonly<{ at: number; tick: number }> | undefined
  const hangs = (): boolean =>
    looking !== undefined && Math.max(clock.now() - looking.at, ticks() - looking.tick) >= LIMIT_MS
  return {
    look: async () => {
      looking = { at: clock.now(), tick: ticks() }
      since ??= looking.at
      failures += 1 // Until it has succeeded.
      try {
        await store.proveWritable(looking.at)
        since = undefined
        failures = 0
      } finally {
        looking = undefined
      }
    },
    notSince: () => (hangs() || failures - Number(looking !== undefined) >= 2 ? since : undefined),
  }
}
