import { createHash } from 'node:crypto'
import type { IdempotencyClaim, User, WriteRequest } from '@holdfast/domain'
import canonicalize from 'canonicalize'
import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { z } from 'zod'
import { readIdempotencyKey } from './headers.ts'
import type { SignedIn } from './identity.ts'
import { pointerTo, readJson } from './read-json.ts'
import { pageQueries } from './request-schemas.ts'
import type { Problem } from './send-problem.ts'

/** A page that is asked for by `limit` (20 by default) and `cursor`, an id with this prefix. */
export const readPage = (
  { query }: SignedIn,
  prefix: 'ord' | 'prod',
): Result<{ limit: number; after: string | undefined }, Problem> =>
  check(pageQueries[prefix], { ...query }, (path) => ({ parameter: String(path[0]) })).map(
    ({ limit, cursor }) => ({ limit, after: cursor }),
  )

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
