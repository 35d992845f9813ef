/** Tells the time. A port, so that tests and simulations can move it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
}

/** Makes a new id: the prefix, `_`, and something unique that sorts by time, such as `ord_018f…`. */
export type NewId = (prefix: 'ord' | 'pay' | 'prod') => string
