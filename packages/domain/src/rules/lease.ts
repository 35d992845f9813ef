/**
 * Work to do: so many rows that are due at `now`, for this worker alone until `until`; in ms since 1970. What lies after
 * `latest` was written by a clock that has been set back since: a lease that ends after it binds nobody.
 */
export type Lease = Readonly<{ now: number; until: number; latest: number; limit: number }>

/** Longer than a worker needs for its questions; when one dies, its work waits no longer than this. */
const LEASE_MS = 30_000

/** Clocks of several machines agree to within a minute, or a payment's deadline would mean little. */
const CLOCKS_DIFFER_MS = 60_000

/**
 * The lease of a round of work that began at `round`, taken at `now`. A time that lies further ahead than clocks differ was
 * written before a clock was set back: such a lease binds nobody, or the work would rest until the clock has caught up.
 */
export const leaseOf = (round: number, now: number, limit: number): Lease => ({
  now: round,
  until: round + LEASE_MS,
  latest: Math.max(round, now) + LEASE_MS + CLOCKS_DIFFER_MS,
  limit,
})

/** Whether nobody holds a lease that ends at `until`: it is over, or further ahead than any lease can be. */
export const isFree = (until: number, { now, latest }: Pick<Lease, 'now' | 'latest'>): boolean =>
  until <= now || until > latest
