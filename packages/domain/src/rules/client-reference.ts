import { err, ok, type Result } from 'neverthrow'
import { type DuplicateOrder, duplicateOf } from './duplicate-order.ts'
import type { Order } from './order.ts'
import { type Check, must } from './request-shape.ts'

/** 1 to 64 visible ASCII characters: room for any order number, and safe in a header, a log and a URL. */
export const CLIENT_REFERENCE_PATTERN = /^[\x21-\x7e]{1,64}$/

/** What another system may call an order by. */
export const aClientReference: Check = must(
  (value) => typeof value === 'string' && CLIENT_REFERENCE_PATTERN.test(value),
  'must be 1 to 64 visible ASCII characters.',
)

/**
 * Refuses a second order with a reference of its user's, whatever became of the first one and however long ago: it is the
 * integrator's own number, and guards against doubles when every idempotency key is forgotten. `allowDuplicate` is about
 * baskets and is no way round. A unique index holds the same rule against races.
 */
export const refuseSameReference = (
  sameReference: Order | undefined,
): Result<void, DuplicateOrder> =>
  sameReference === undefined
    ? ok(undefined)
    : err(
        duplicateOf(
          sameReference,
          `The order ${sameReference.id} has the client reference ${sameReference.clientReference}.`,
        ),
      )
