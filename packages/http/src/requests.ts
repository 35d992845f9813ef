import { createHash } from 'node:crypto'
import type { IdempotencyClaim, WriteRequest } from '@holdfast/domain'
import canonicalize from 'canonicalize'
import { err, ok, type Result, ResultAsync } from 'neverthrow'
import { z } from 'zod'
import { readIdempotencyKey } from './headers.ts'
import type { SignedIn } from './identity.ts'
import { pointerTo, readJson } from './read-json.ts'
import type { Problem } from './send-problem.ts'

const isObject = { error: 'must be a JSON object' }
const wholeNumber = z
  .int({ error: 'must be a whole number, exact as a double' })
  .refine((value) => !Object.is(value, -0), { error: 'must not be -0' })
const shortText = (error: string) => z.string({ error }).max(64, 'must have at most 64 characters')
const money = z.strictObject(
  {
    amountMinor: wholeNumber,
    currency: z.string({ error: 'must be an ISO 4217 code such as EUR' }),
  },
  { error: 'must be {"amountMinor", "currency"}' },
)
const lines = z.array(
  z.strictObject(
    { productId: shortText('must be the id of a product'), quantity: wholeNumber },
    { error: 'must be {"productId", "quantity"}' },
  ),
  { error: 'must be a list of {"productId", "quantity"}' },
)

/** The body of `POST /order`. */
export const createOrderBody = z.strictObject(
  { lines, allowDuplicate: z.boolean({ error: 'must be true or false' }).optional() },
  isObject,
)

/** The body of `PUT /order/{id}`. */
export const modifyOrderBody = z.strictObject({ lines }, isObject)

/** The body of `POST /payment` and `POST /retrypayment`. */
export const paymentRequestBody = z.strictObject(
  {
    orderId: shortText('must be the id of an order'),
    paymentMethod: z
      .string({ error: 'must be text' })
      .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, dashes or underscores')
      .optional(),
    expectedTotal: money.optional(),
  },
  isObject,
)

/** The body of `POST /product`. */
export const createProductBody = z.strictObject(
  {
    sku: z.string({ error: 'must be text' }),
    name: z.string({ error: 'must be text' }),
    description: z.string({ error: 'must be text' }).default(''),
    price: money,
    quantity: wholeNumber.default(0),
  },
  isObject,
)

/** The body of `PUT /product/{id}`: what is left out stays. */
export const updateProductBody = createProductBody
  .extend({ description: z.string({ error: 'must be text' }), quantity: wholeNumber })
  .partial()
  .extend({ quantityDelta: wholeNumber.optional() })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'must change something' })

/** The body of the actions that need none: absent or `{}`. */
export const noBody = z.strictObject({}, isObject)

/** The body of `POST /gateway/notification`. A gateway may tell more than we look at. */
export const notificationBody = z.object(
  {
    eventId: shortText('must be the id of the event').min(1, 'must not be empty'),
    type: shortText('must be what happened to the charge').min(1, 'must not be empty'),
    idempotencyKey: z
      .string({ error: 'must be the idempotency key of the charge' })
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters'),
  },
  isObject,
)

const pageQuery = (prefix: 'ord' | 'prod') =>
  z.strictObject({
    limit: z
      .string({ error: 'must be given once' })
      .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
      .transform(Number)
      .default(20),
    cursor: z
      .string({ error: 'must be given once' })
      .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), 'must be the nextCursor of the page before')
      .optional(),
  })

/** A page that is asked for by `limit` (20 by default) and `cursor`, an id with this prefix. */
export const readPage = (
  { query }: SignedIn,
  prefix: 'ord' | 'prod',
): Result<{ limit: number; after: string | undefined }, Problem> =>
  check(pageQuery(prefix), { ...query }, (path) => ({ parameter: String(path[0]) })).map(
    ({ limit, cursor }) => ({ limit, after: cursor }),
  )

/** A request that writes: who asks, the idempotency key if any, and the body as its schema has it. */
export const readWrite = <T extends object>(
  ctx: SignedIn,
  schema: z.ZodType<T>,
): ResultAsync<WriteRequest & { by: { userId: string } } & T, Problem> =>
  new ResultAsync(readJson(ctx)).andThen((json = {}) =>
    readIdempotencyKey(ctx.req).andThen((key) =>
      checkBody(schema, json).map((body) => ({
        ...body,
        by: { actor: ctx.state.caller.userId, userId: ctx.state.caller.userId },
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
