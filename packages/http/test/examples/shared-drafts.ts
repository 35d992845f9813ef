import type { ExampleRequest } from '../../src/openapi/examples.ts'
import type { ProblemCode } from '../../src/problems.ts'
import { type Draft, get, lines, write } from './draft.ts'
import { mug } from './ids.ts'
import type { Given } from './worlds.ts'

/** A token that names a key nobody knows; its signature is none. */
const unknownKey = [{ alg: 'RS256', kid: '2026-01' }, { sub: 'ann' }, 'signature']
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

const shop = 'Ten mugs, two teapots and two diamonds are on sale.'
const empty = 'Nothing is there yet.'
const order = (headers: Readonly<Record<string, string>> = {}) =>
  write('POST', '/order', lines({ [mug]: 2 }), headers)

const shared = (
  problem: ProblemCode,
  name: string,
  summary: string,
  given: Given,
  request: ExampleRequest,
): Draft => ({ of: { problem }, name, summary, given, request })

/** Examples of problems that are the same wherever they come up. */
export const sharedDrafts: readonly Draft[] = [
  shared('malformed_request', 'body', 'A body that breaks off', shop, {
    ...order(),
    body: '{"lines": [',
  }),
  shared(
    'malformed_request',
    'key',
    'A key with a space',
    shop,
    order({ 'Idempotency-Key': 'a b' }),
  ),
  shared('malformed_request', 'path', 'A path that is not UTF-8', empty, get('/order/%ff')),
  shared('unauthenticated', 'nobody', 'A request that does not say who asks', empty, {
    ...get('/order'),
    headers: {},
  }),
  shared('forbidden', 'user', 'Ann is no admin', empty, {
    ...write('POST', '/product', {
      sku: 'CUP-01',
      name: 'Cup',
      price: { amountMinor: 890, currency: 'EUR' },
    }),
  }),
  shared('host_not_allowed', 'rebound', 'Another host’s name', empty, {
    ...get('/order'),
    headers: { Host: 'shop.example', 'X-User-Id': 'ann' },
  }),
  shared('body_too_large', 'tooLarge', 'A body of more than 64 KiB is announced', empty, {
    ...write('POST', '/order', {}, { 'Content-Length': '65537' }),
    body: '',
  }),
  shared('unsupported_media_type', 'text', 'A body that does not say that it is JSON', shop, {
    ...order({ 'Content-Type': 'text/plain' }),
  }),
  shared(
    'idempotency_key_reused',
    'reused',
    'A key that belongs to another request',
    'Ann has ordered a mug with the idempotency key 7f3a.',
    order({ 'Idempotency-Key': '7f3a' }),
  ),
  shared('internal_error', 'bug', 'A bug', 'The service has a bug.', get('/order')),
  shared(
    'store_unavailable',
    'outage',
    'No database',
    'The database is out of reach.',
    get('/order'),
  ),
  shared(
    'keys_unavailable',
    'keysAway',
    'A token whose key cannot be looked up',
    'The server of the keys that tokens are signed with is down.',
    { ...get('/order'), headers: { Authorization: `Bearer ${unknownKey}` } },
  ),
  shared('rate_limited', 'flood', 'One of too many', 'Too many requests came.', get('/order')),
  shared(
    'overloaded',
    'busy',
    'One more than can be served',
    'There is too much to do.',
    get('/order'),
  ),
  shared('not_found', 'path', 'A path that nothing has', empty, get('/orders')),
  shared('method_not_allowed', 'method', 'A method that the path does not take', empty, {
    ...get('/order'),
    method: 'DELETE',
  }),
]
