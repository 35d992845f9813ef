/** What headers of answers mean. */
const answerHeaders = {
  Allow: {
    description: 'The methods that the path takes.',
    schema: { type: 'string' },
  },
  'Cache-Control': {
    description: 'The file may be kept for good: its name changes with its content.',
    schema: { type: 'string', const: 'public, max-age=31536000, immutable' },
  },
  'Content-Security-Policy': {
    description: 'What the page may load; never anything from another host.',
    schema: { type: 'string', pattern: "^default-src 'none'; " },
  },
  ETag: {
    description:
      'The version, and a hash of the whole body: it changes whenever the body does. Send it as If-Match to change only the version that you have seen, as If-None-Match to hear only what is new.',
    schema: { type: 'string', pattern: '^"[1-9][0-9]*-[0-9a-f]{10}(-gzip)?"$' },
  },
  'Idempotent-Replayed': {
    description: 'This is the first answer to this Idempotency-Key again; nothing was done anew.',
    schema: { type: 'string', const: 'true' },
  },
  Location: {
    description: 'Where to find what was made.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Preference-Applied': {
    description:
      'The wait that was applied, 30 seconds at most: the payment has ended, none was pending, or the time is up.',
    schema: { type: 'string', pattern: '^wait=([12]?[0-9]|30)$' },
  },
  'Retry-After': {
    description: 'Ask again after so many seconds.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'How to say who is asking (RFC 9110, 11.6.1).',
    schema: { type: 'string' },
  },
} as const

/** A header of an answer that is documented. */
export type HeaderName = keyof typeof answerHeaders

/** Every header of an answer that is documented. */
export const headerNames = Object.keys(answerHeaders) as readonly HeaderName[]

/** The answers that are kept under an idempotency key, and given again. */
const KEPT = [200, 201, 202, 402, 409, 412, 422]

/** The answers that a wait for the end of a payment can have. */
const WAITED = [200, 201, 202, 304, 402]

/** The headers of an answer: `some` of its kind carry them, of which `always` says that all do. */
export const headersOf = (
  status: number,
  some: readonly HeaderName[],
  always: readonly HeaderName[],
  { writes, waits: mayWait }: Readonly<{ writes: boolean; waits: boolean }>,
) => {
  const waits: readonly HeaderName[] = status === 429 || status === 503 ? ['Retry-After'] : []
  const replayed: readonly HeaderName[] =
    writes && KEPT.includes(status) ? ['Idempotent-Replayed'] : []
  const applied: readonly HeaderName[] =
    mayWait && WAITED.includes(status) ? ['Preference-Applied'] : []
  const required = [...always, ...waits]
  return Object.fromEntries(
    [...new Set([...some, ...waits, ...replayed, ...applied])].map((name) => [
      name,
      { ...answerHeaders[name], ...(required.includes(name) && { required: true }) },
    ]),
  )
}

/** The parameter that makes a write safe to repeat. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes the request safe to repeat: the same key and request get the first answer again, for 24 hours. Visible ASCII, raw or in double quotes.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
} as const

/** The parameter that refuses to change what has changed. */
export const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description:
    'The ETag of what you have seen, or its version alone, such as `"3"`; if that has changed since, nothing is done (412). A weak tag never matches. An edit, a cancellation and a request to pay that is still under way are answered as the first time where they come again, as proxies send them, and nothing else has come in between.',
  schema: { type: 'string' },
} as const

/** The parameter that asks only for what is new. */
export const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of what you have: where it is still the same, the answer is 304.',
  schema: { type: 'string' },
} as const

/** The parameter that asks to wait for the end of a payment. */
export const prefer = {
  name: 'Prefer',
  in: 'header',
  description:
    '`wait=N` (RFC 7240): answer as soon as the payment that is `PENDING` has ended, or after N seconds, 30 at most. What cannot be read is ignored.',
  schema: { type: 'string' },
  example: 'wait=10',
} as const
