/** What a problem can show besides the members that every problem has. */
export type ProblemMember =
  | 'errors'
  | 'lines'
  | 'total'
  | 'allowed'
  | 'order'
  | 'payment'
  | 'product'
  | 'database'
  | 'gateway'
  | 'keys'
  | 'since'

/**
 * One kind of problem. `retryable`: the same request may succeed later. `sameKey`: repeat it with the same idempotency
 * key; otherwise a new attempt needs a new one.
 */
export type ProblemKind = Readonly<{
  status: number
  title: string
  retryable: boolean
  sameKey: boolean
  /** What it means, for people who have just met it. */
  meaning: string
  /** What to do about it. */
  remedy: string
  /** What it shows besides, always or only where that helps. */
  shows: Readonly<Partial<Record<ProblemMember, 'always' | 'sometimes'>>>
}>

/** Asking again in the same way gets the same answer. */
export const final = { retryable: false, sameKey: false }

/** The same request, with the same key, may succeed later. */
export const later = { retryable: true, sameKey: true }
