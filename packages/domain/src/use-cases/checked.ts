import { errAsync, type ResultAsync } from 'neverthrow'
import { isCaller } from '../rules/caller.ts'
import { type InvalidRequest, invalidRequest } from '../rules/invalid-request.ts'
import { MAX_REASON_LENGTH } from '../rules/order.ts'
import {
  anId,
  anything,
  type Check,
  listOf,
  objectOf,
  optional,
  text,
  wholeNumber,
} from '../rules/request-shape.ts'

/** A check for every field of a request, so that none is forgotten; or one for all of it. */
type Shape<Request> = Check | Readonly<{ [Field in keyof Required<Request>]: Check }>

/** What every request that writes carries. */
export const written = {
  by: isCaller,
  idempotency: optional(objectOf({ key: text(), fingerprint: text(), onReplay: anything })),
}

/** What every request carries that changes an order which its user may have seen. */
export const conditional = { expectedVersions: optional(listOf(wholeNumber(1))) }

/** A customer's words, for history: a sentence or two. */
export const aReason = text(1, MAX_REASON_LENGTH)

/** What every request for a page carries. */
export const paged = { limit: wholeNumber(1), after: optional(text()) }

/** Lines, whatever they ask for. */
export const areLines = listOf(objectOf({ productId: anId, quantity: anything }))

/**
 * A use case that runs on a request of the right shape alone. Any other is refused with all of its faults, before anything
 * is read or written, and its idempotency key may be used again.
 */
export const checked = <Request, T, E>(
  shape: Shape<Request>,
  run: (request: Request) => ResultAsync<T, E>,
): ((request: Request) => ResultAsync<T, E | InvalidRequest>) => {
  const check = typeof shape === 'function' ? shape : objectOf(shape)
  return (request) => {
    const errors = check(request, '')
    return errors.length > 0 ? errAsync(invalidRequest(errors)) : run(request)
  }
}
