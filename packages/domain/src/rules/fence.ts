import type { Payment } from './payment.ts'

/** An edit needs a moment to write down what it has voided; if it dies in between, its order is held up no longer than this. */
export const FENCE_LEASE_MS = 10_000

/**
 * Whether an edit is at work on the attempt: it voids it, and then ends it in the same transaction in which it goes on.
 * Whoever else sees the void leaves it to the edit, or the stock would be free in between. The time counts both ways: clocks
 * differ a little, and one that was set back must not hold anybody up.
 */
export const isLeftToEdit = ({ fencedAt }: Pick<Payment, 'fencedAt'>, now: number): boolean =>
  fencedAt !== null && Math.abs(now - fencedAt) < FENCE_LEASE_MS
