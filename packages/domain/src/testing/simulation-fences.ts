import type { Changes, Found } from '../ports/store.ts'
import type { Payment } from '../rules/payment.ts'
import { reach, type World } from './simulation-world.ts'

/** So long what an edit has stopped is the edit's to write down. */
const EDIT_HAS_MS = 30_000

/** Takes down what somebody has made of the end of a payment that was learnt from the gateway: an edit may be at work on it. */
export const noteConclusion = (
  world: World,
  paymentId: string,
  { order: before }: Found,
  { order: after }: Changes,
): void => {
  const was = before?.payments.find(({ id }) => id === paymentId)
  const is = after?.payments.find(({ id }) => id === paymentId)
  if (was?.state === 'PENDING' && !after) reach(world, 'end left to the edit that fenced')
  if (was && is && isTakenFromEdit(was, is)) {
    world.violations.push(
      `E1 what stays in the basket is never free: ${paymentId} ended by another`,
    )
  }
}

/** Takes down that an edit has ended an attempt that nobody could leave to it. */
export const noteSuperseded = (world: World, was: Payment): void => {
  if (was.fencedUntil === null) {
    world.violations.push(`E1 an edit says what it is about to void: not so of ${was.id}`)
  }
}

/**
 * Whether an attempt was failed while an edit had it to itself by the clock of the writer, which is the time of the end unless
 * the order's own time was ahead of it.
 */
const isTakenFromEdit = ({ state, fencedUntil, createdAt }: Payment, is: Payment): boolean => {
  const isEnd = state === 'PENDING' && is.state === 'FAILED' && is.updatedAt > createdAt
  const leftMs = (fencedUntil ?? 0) - is.updatedAt
  return isEnd && leftMs > 0 && leftMs <= EDIT_HAS_MS
}
