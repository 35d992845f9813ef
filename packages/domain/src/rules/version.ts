import { err, ok, type Result } from 'neverthrow'
import type { HistoryEntry, Order, RequestedLine } from './order.ts'
import type { Product } from './product.ts'

/** An order or a product that was found. */
type Versioned = Readonly<{ order: Order } | { product: Product }>

/** It was changed since the version that the request was made for; it is given as it is now. */
export type VersionMismatch = Readonly<{ code: 'version_mismatch'; detail: string }> & Versioned

/**
 * Refuses to change what is no longer as its user saw it, if the request says which versions that may have been. Tags that
 * name no version at all make an empty list, and never match.
 */
export const refuseOtherVersion = (
  found: Versioned,
  expected: readonly number[] | undefined,
): Result<void, VersionMismatch> => {
  const [name, version] =
    'order' in found ? ['order', found.order.version] : ['product', found.product.version]
  if (expected === undefined || expected.includes(Number(version))) return ok(undefined)
  const other =
    expected.length > 0
      ? `not at ${expected.join(' or ')}.`
      : 'and no version was named that could match; a weak tag, W/"…", as a proxy that compresses makes it, never does.'
  return err({
    code: 'version_mismatch',
    detail: `The ${name} is at version ${version}, ${other}`,
    ...found,
  })
}

/** What somebody asks of an order's lines. */
type Edit = Readonly<{ lines: readonly RequestedLine[]; actor: string; reason?: string | null }>

/**
 * Whether the order is what this very edit has made of a version that the request expects: nothing has come after it but the
 * edit, by the same actor, for the same reason and to the same lines, and before that at most the end of the attempt that it
 * superseded. Proxies send a PUT again when they have lost its answer (RFC 9110, 9.2.2 and 13.1.1).
 */
export const isThisEdit = (
  order: Order,
  { lines, actor, reason = null }: Edit,
  expected: readonly number[] = [],
): boolean =>
  hasLines(order, lines) &&
  cameAfter(order, expected, ([edit, ...before]) => {
    const isSame = edit?.action === 'modify' && edit.actor === actor && edit.reason === reason
    return isSame && isNothingButFence(before)
  })

/** Whether the order is what this actor's cancellation has made of a version that the request expects. */
export const isThisCancellation = (
  order: Order,
  actor: string,
  expected: readonly number[] = [],
): boolean =>
  cameAfter(
    order,
    expected,
    ([last, ...before]) => last?.action === 'cancel' && last.actor === actor && before.length === 0,
  )

/**
 * Whether the attempt under way is what this very edit has begun, which replaced the lines and claimed the payment in one
 * step: the order has these lines, and its history ends with this actor's edit and retry. A double click would otherwise
 * supersede its own charge.
 */
export const isBegunByThisEdit = (order: Order, { lines, actor }: Edit): boolean => {
  const [edit, retry] = order.history.slice(-2)
  return (
    hasLines(order, lines) &&
    retry?.action === 'retryPayment' &&
    retry.actor === actor &&
    edit?.action === 'modify' &&
    edit.actor === actor
  )
}

/**
 * Whether the attempt under way was begun from a version that the request expects: by the request itself, most likely, whose
 * answer was lost. Nothing has come after that version but the beginning, and what this very step writes before it if it edits.
 */
export const isBegunFrom = (
  order: Order,
  { lines, actor }: Readonly<{ lines: readonly RequestedLine[] | undefined; actor: string }>,
  expected: readonly number[],
): boolean =>
  cameAfter(order, expected, ([begin, ...before]) => {
    const [, ...more] = before
    if (begin?.action === 'startPayment') return before.length === 0
    if (begin?.action !== 'retryPayment') return false
    const isEdited = lines !== undefined && isBegunByThisEdit(order, { lines, actor })
    return before.length === 0 || (isEdited && isNothingButFence(more))
  })

/** Whether nothing has come after a version that the request expects but the end of an attempt that an edit superseded. */
export const isFencedSince = (order: Order, expected: readonly number[]): boolean =>
  cameAfter(order, expected, (since) => since.length === 1 && isNothingButFence(since))

/** Whether all that came after one of these versions, the latest first, is so. */
const cameAfter = (
  { history }: Order,
  expected: readonly number[],
  holds: (since: readonly HistoryEntry[]) => boolean,
): boolean =>
  expected.some((version) => holds(history.filter(({ seq }) => seq > version).reverse()))

const isNothingButFence = ([fence, ...more]: readonly HistoryEntry[]): boolean =>
  more.length === 0 &&
  (!fence || (fence.action === 'paymentFailed' && fence.reason === 'superseded'))

const hasLines = ({ lines }: Order, requested: readonly RequestedLine[]): boolean =>
  requested.length === lines.length &&
  requested.every(
    ({ productId, quantity }, index) =>
      lines[index]?.productId === productId && lines[index]?.quantity === quantity,
  )
