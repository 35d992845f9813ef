/** What an audit has to know of the moment and the place. Times are ms since 1970. */
export type Circumstances = Readonly<{
  /** When it looks. */
  now: number
  /** Nobody is at work, so that whatever is open is a fault. */
  quiet: boolean
  /** Work that is due has been begun by others within this time, in ms, if anybody is there to do it. */
  lateMs: number
  /** A lease ends within this time, in ms. */
  longestLeaseMs: number
}>

/** Clocks of several machines agree to within a minute, or a payment's deadline would mean little. */
const CLOCKS_DIFFER_MS = 60_000

/** What a worker of any version takes a lease for, at the most; one that dies leaves its work behind for so long. */
const LEASE_MS = 30_000

/**
 * The circumstances of an audit at `now`. Due work is late after the longest lease of a dead worker, the two questions that
 * a fence takes, and the difference of the clocks.
 */
export const circumstancesAt = (
  now: number,
  gatewayTimeoutMs: number,
  quiet: boolean,
): Circumstances => ({
  now,
  quiet,
  lateMs: LEASE_MS + 2 * gatewayTimeoutMs + CLOCKS_DIFFER_MS,
  longestLeaseMs: LEASE_MS + CLOCKS_DIFFER_MS,
})
