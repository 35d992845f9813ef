import type { Changes, Found } from '../ports/store.ts'
import type { Payment } from '../rules/payment.ts'
import { reach, type World } from './simulation-world.ts'

/** So long what an edit has voided is the edit's to write down. */
const EDIT_HAS_MS = 10_000

/** Takes down what somebody has made of the end of a payment that was learnt from the gateway: an edit may be at work on it. */
export const noteConclusion = (
  world: World,
  paymentId: string,
  { order: before }: Found,
  { order: after }: Changes,
): void => {
  const was = before?.payments.find(({ id }) => id === paymentId)
  const is = after?.payments.find(({ id }) => id === paymentId)
  if (was?.state === 'PENDING' && !after) reach(world, 'void left to the edit that did it')
  if (was && is && isTakenFromEdit(was, is)) {
    world.violations.push(
      `E1 what stays in the basket is never free: ${paymentId} ended by another`,
    )
  }
}

/** Takes down that an edit has ended an attempt that nobody could leave to it. */
export const noteSuperseded = (world: World, was: Payment, { failure }: Payment): void => {
  if (failure?.code === 'superseded' && was.fencedAt === null) {
    world.violations.push(`E1 an edit says what it is about to void: not so of ${was.id}`)
  }
}

/**
 * Whether a void was written down while an edit had it to itself by the clock of the writer, which is the time of the end unless
 * the order's own time was ahead of it.
 */
const isTakenFromEdit = ({ state, fencedAt, createdAt }: Payment, is: Payment): boolean => {
  const isVoid = /^(superseded|acknowledgement_timeout)$/.test(is.failure?.code ?? '')
  const isEnd = state === 'PENDING' && isVoid && is.updatedAt > createdAt
  return isEnd && fencedAt !== null && Math.abs(is.updatedAt - fencedAt) < EDIT_HAS_MS
}
