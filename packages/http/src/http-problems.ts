import { final, later, type ProblemKind } from './problem-kind.ts'

/** What can go wrong in HTTP itself, before or around a use case. */
export type HttpProblemCode =
  | 'body_too_large'
  | 'forbidden'
  | 'host_not_allowed'
  | 'internal_error'
  | 'invalid_signature'
  | 'keys_unavailable'
  | 'malformed_request'
  | 'method_not_allowed'
  | 'not_found'
  | 'overloaded'
  | 'payment_declined'
  | 'payment_timed_out'
  | 'rate_limited'
  | 'store_unavailable'
  | 'unauthenticated'
  | 'unsupported_media_type'

/** The problems of HTTP itself. */
export const httpProblems: Readonly<Record<HttpProblemCode, ProblemKind>> = {
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    ...final,
    meaning: 'The body is not strict JSON in UTF-8, or a header has a form that is not allowed.',
    remedy: 'Look at `detail` and `errors`, mend the request and send it again.',
    shows: { errors: 'sometimes' },
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    ...final,
    meaning:
      'The request does not say who is asking. With `AUTH=local` that is the header `X-User-Id`, with `AUTH=jwt` a bearer token.',
    remedy:
      'Send `X-User-Id` with 1 to 128 letters, digits or `. _ @ : | + -`, not `cli` nor `system`; or `Authorization: Bearer` with a valid token.',
    shows: {},
  },
  invalid_signature: {
    status: 401,
    title: 'The signature is not valid',
    ...final,
    meaning:
      'The header `Gateway-Signature` does not show that the gateway sent this body within the last five minutes. Nothing was stored.',
    remedy:
      'Sign timestamp and body with `GATEWAY_SECRET`, as docs/gateway.md says, and check the clock.',
    shows: {},
  },
  payment_declined: {
    status: 402,
    title: 'The payment failed',
    ...final,
    meaning:
      'Nothing was charged. The payment’s `failure` says why; the stock was released. Or an edit has ended the payment (`superseded`), and may have begun another for the new lines, which holds its stock.',
    remedy:
      'Look at `order`: where no other payment is under way, start a new attempt with `POST /retrypayment`, perhaps with another payment method.',
    shows: { payment: 'always', order: 'always' },
  },
  payment_timed_out: {
    status: 402,
    title: 'The payment timed out',
    retryable: true,
    sameKey: false,
    meaning:
      'The gateway did not decline; it gave no answer by the deadline, so the attempt was voided. Nothing was charged; the stock was released.',
    remedy: 'Start a new attempt with `POST /retrypayment`; the same payment method may well work.',
    shows: { payment: 'always', order: 'always' },
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    ...final,
    meaning: 'Only an admin writes products, and reads the orders of another user.',
    remedy:
      'With `AUTH=local`, send `X-User-Role: admin`; with `AUTH=jwt`, a token whose `roles` hold `admin`.',
    shows: {},
  },
  host_not_allowed: {
    status: 403,
    title: 'This host name is not served',
    ...final,
    meaning:
      'The `Host` header names another host than this machine. It could come from a page that rebinds DNS.',
    remedy: 'Use `127.0.0.1`, `[::1]` or `localhost`.',
    shows: {},
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    ...final,
    meaning: 'No route has this path.',
    remedy:
      'Compare the path with the list of routes; it carries no version and no slash at the end.',
    shows: {},
  },
  method_not_allowed: {
    status: 405,
    title: 'Not with this method',
    ...final,
    meaning: 'The path exists, but not for this method.',
    remedy: 'Use one of the methods in the header `Allow`.',
    shows: {},
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    ...final,
    meaning: 'A body may have 65,536 bytes.',
    remedy: 'Send less.',
    shows: {},
  },
  unsupported_media_type: {
    status: 415,
    title: 'Only plain JSON',
    ...final,
    meaning: 'The body is not `application/json`, or it is compressed.',
    remedy: 'Send `Content-Type: application/json` and no `Content-Encoding`.',
    shows: {},
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    ...later,
    meaning:
      'You, or without a sign-in everybody at your address, sent more requests in a second than are allowed. Nothing was done.',
    remedy: 'Wait for as many seconds as `Retry-After` says, and send fewer at a time.',
    shows: {},
  },
  internal_error: {
    status: 500,
    title: 'A bug in the service',
    ...later,
    meaning: 'Something went wrong that should not. With an idempotency key it is safe to repeat.',
    remedy: 'Repeat with the same key; tell whoever runs the service.',
    shows: {},
  },
  keys_unavailable: {
    status: 503,
    title: 'The keys of tokens are out of reach',
    ...later,
    meaning:
      'The key that the bearer token names is not known, and those at `JWKS_URL` cannot be fetched now. Nothing was done. Tokens that are signed with a known key go on.',
    remedy: 'Repeat the request after `Retry-After`, with the same token and the same key.',
    shows: {},
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    ...later,
    meaning:
      'The service has more requests under way than it can finish soon, or too many payments wait for a gateway that is slow. Nothing was done.',
    remedy: 'Repeat the request after `Retry-After`, with the same key.',
    shows: {},
  },
  store_unavailable: {
    status: 503,
    title: 'The database is out of reach',
    ...later,
    meaning:
      'The database did not answer, is full or too busy. Nothing was changed; only if it fell silent in the very last step, all of it may have been.',
    remedy: 'Repeat the request after `Retry-After`, with the same key.',
    shows: { database: 'sometimes', gateway: 'sometimes', keys: 'sometimes', since: 'sometimes' },
  },
}
