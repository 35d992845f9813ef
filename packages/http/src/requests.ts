import { createHash } from 'node:crypto'
import type { IdempotencyClaim, Page, User, WriteRequest } from '@holdfast/domain'
import canonicalize from 'canonicalize'
import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { z } from 'zod'
import { readIfMatch } from './entity-tags.ts'
import { readIdempotencyKey } from './headers.ts'
import { readerOf, type SignedIn } from './identity.ts'
import { pageQueries } from './page-queries.ts'
import { pointerTo, readJson } from './read-json.ts'
import type { Problem } from './send-problem.ts'

/** A page of products, by `limit` (20 by default) and `cursor`. */
export const readProductPage = ({ query }: SignedIn): Result<Page, Problem> =>
  checkQuery(pageQueries.prod, query).map(({ limit, cursor }) => ({ limit, after: cursor }))

/**
 * A page of orders, perhaps of those in one state; and whose: an admin sees everybody's, or those of one user. Nobody else
 * may name another user, whether there is one or not.
 */
export const readOrderPage = ({ query, state: { caller } }: SignedIn) =>
  checkQuery(pageQueries.ord, query).andThen(({ limit, cursor, state, clientReference, userId }) =>
    caller.isAdmin || userId === undefined || userId === caller.userId
      ? ok({ by: readerOf(caller), limit, after: cursor, state, clientReference, userId })
      : err<never, Problem>({
          code: 'forbidden',
          detail: 'Only an admin reads the orders of another user.',
        }),
  )

const checkQuery = <T>(schema: z.ZodType<T>, query: SignedIn['query']): Result<T, Problem> =>
  check(schema, { ...query }, (path) => ({ parameter: String(path[0]) }))

/** A request that writes: who asks, the idempotency key if any, and the body as its schema has it. */
export const readWrite = <T extends object>(
  ctx: SignedIn,
  schema: z.ZodType<T>,
): ResultAsync<WriteRequest & { by: User } & T, Problem> =>
  new ResultAsync(readJson(ctx)).andThen((json = {}) =>
    readIdempotencyKey(ctx.req).andThen((key) =>
      checkBody(schema, json).map((body) => ({
        ...body,
        by: { user: ctx.state.caller.userId },
        idempotency: key === undefined ? undefined : claim(ctx, key, json),
      })),
    ),
  )

/** A request that writes, with the versions that `If-Match` allows. */
export const readConditional = <T extends object>(ctx: SignedIn, schema: z.ZodType<T>) =>
  readWrite(ctx, schema).andThen((request) =>
    readIfMatch(ctx.req).map((expectedVersions) => ({ ...request, expectedVersions })),
  )

/** Two requests are the same if method, path and canonical JSON (RFC 8785) are. */
const claim = (ctx: SignedIn, key: string, json: unknown): IdempotencyClaim => ({
  key,
  fingerprint: createHash('sha256')
    .update(canonicalize([ctx.method, decodeURIComponent(ctx.path), json]) ?? '')
    .digest('hex'),
  onReplay: () => ctx.set('Idempotent-Replayed', 'true'),
})

/** A JSON body as its schema has it, or the faulty fields. */
export const checkBody = <T>(schema: z.ZodType<T>, json: unknown): Result<T, Problem> =>
  check(schema, json, (path) => ({ pointer: pointerTo(path) }))

const check = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  locate: (path: readonly PropertyKey[]) => { pointer: string } | { parameter: string },
): Result<T, Problem> => {
  const read = schema.safeParse(value)
  if (read.success) return ok(read.data)
  const errors = read.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          ...locate([...issue.path, key]),
          detail: 'is not a field that is known here.',
        }))
      : [
          {
            ...locate(issue.path),
            detail: `${isMissing(value, issue.path) ? 'is missing; it ' : ''}${issue.message}.`,
          },
        ],
  )
  const detail = errors
    .map(
      (error) =>
        `${'pointer' in error ? error.pointer || 'The body' : error.parameter}: ${error.detail}`,
    )
    .join(' ')
  return err({ code: 'invalid_request', detail, errors })
}

const isMissing = (value: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce((part, name) => (part as Record<PropertyKey, unknown>)[name], value) === undefined
