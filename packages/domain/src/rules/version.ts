import { err, ok, type Result } from 'neverthrow'
import type { Order, RequestedLine } from './order.ts'
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

/**
 * Whether the order is what this very edit has made of a version that the request expects: nothing has come after it but the
 * edit, by the same actor and to the same lines, and before that at most the end of the attempt that it superseded. Proxies
 * send a PUT again when they have lost its answer (RFC 9110, 9.2.2 and 13.1.1).
 */
export const isThisEdit = (
  { lines, history }: Order,
  requested: readonly RequestedLine[],
  expected: readonly number[] = [],
  actor: string,
): boolean => {
  const isAllSince = (version: number) => {
    const since = history.filter(({ seq }) => seq > version)
    const edit = since.pop()
    const [before, ...more] = since
    return (
      edit?.action === 'modify' &&
      edit.actor === actor &&
      more.length === 0 &&
      (!before || (before.action === 'paymentFailed' && before.reason === 'superseded'))
    )
  }
  const isSame = ({ productId, quantity }: RequestedLine, index: number) =>
    lines[index]?.productId === productId && lines[index]?.quantity === quantity
  return expected.some(isAllSince) && requested.length === lines.length && requested.every(isSame)
}
