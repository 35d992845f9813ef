import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { everyWrite } from './every-write.ts'
import { startOneService, stored } from './one-service.ts'
import { isProblem, type Refusal } from './problem-checks.ts'
import { type RawRequest, sendRaw } from './raw-socket.ts'

const api = await startOneService()
const writes = await everyWrite(api)
const before = await stored(api)
const { url } = api.service

const signedIn = ['Host: localhost', 'X-User-Id: ann', 'X-User-Role: admin']
const json = 'Content-Type: application/json'
const MOST_BYTES = 65_536

/** The valid body, filled up with spaces. */
const ofSize = (size: number) => (valid: string) => valid.padEnd(size)

const chunked = (body: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(body)
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n0\r\n\r\n'),
  ])
}

/** The valid body as it is sent, with headers of its own. */
type Wrap = (valid: string) => Pick<RawRequest, 'head' | 'more' | 'body'>

const withType =
  (...types: readonly string[]): Wrap =>
  (valid) => ({
    head: [
      ...signedIn,
      ...types.map((type) => `Content-Type: ${type}`),
      `Content-Length: ${valid.length}`,
    ],
    body: valid,
  })

const encoded =
  (encoding: string, encode: (text: string) => string | Uint8Array): Wrap =>
  (valid) => ({
    more: [`Content-Encoding: ${encoding}`],
    body: encode(valid),
  })

const inChunks =
  (body: (valid: string) => string | Uint8Array): Wrap =>
  (valid) => ({
    head: [...signedIn, json, 'Transfer-Encoding: chunked'],
    body: chunked(body(valid)),
  })

const refused: readonly (readonly [what: string, code: Refusal['code'], wrap: Wrap])[] = [
  [
    'a body of 65,537 bytes',
    'body_too_large',
    (valid) => ({ body: ofSize(MOST_BYTES + 1)(valid) }),
  ],
  ['a body of 65,537 bytes in chunks', 'body_too_large', inChunks(ofSize(MOST_BYTES + 1))],
  ['a body of a megabyte', 'body_too_large', (valid) => ({ body: ofSize(1_000_000)(valid) })],
  ['a body of a megabyte in chunks', 'body_too_large', inChunks(ofSize(1_000_000))],
  ['a large body that is not JSON', 'body_too_large', () => ({ body: '['.repeat(100_000) })],
  [
    'a large body of another type',
    'body_too_large',
    (valid) => withType('text/plain')(ofSize(70_000)(valid)),
  ],
  ['no content type', 'unsupported_media_type', withType()],
  ['an empty content type', 'unsupported_media_type', withType('')],
  ...[
    'text/plain',
    'text/json',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/octet-stream',
    'application/problem+json',
    'application/vnd.api+json',
    'application/jsonp',
    'application/json-seq',
    'application',
    '*/*',
    'application/json, text/plain',
    'text/plain; application/json',
  ].map((type) => [`the content type ${type}`, 'unsupported_media_type', withType(type)] as const),
  ['gzip', 'unsupported_media_type', encoded('gzip', gzipSync)],
  ['gzip that is not gzip', 'unsupported_media_type', encoded('gzip', (valid) => valid)],
  [
    'a gzip bomb',
    'unsupported_media_type',
    encoded('gzip', () => gzipSync(Buffer.alloc(20_000_000))),
  ],
  ['deflate', 'unsupported_media_type', encoded('deflate', deflateSync)],
  ['brotli', 'unsupported_media_type', encoded('br', brotliCompressSync)],
  ['two encodings', 'unsupported_media_type', encoded('identity, gzip', gzipSync)],
  ['an unknown encoding', 'unsupported_media_type', encoded('rot13', (valid) => valid)],
  ['gzip without saying so', 'malformed_request', (valid) => ({ body: gzipSync(valid) })],
  [
    'two idempotency keys',
    'malformed_request',
    (valid) => ({ body: valid, more: ['Idempotency-Key: a', 'Idempotency-Key: b'] }),
  ],
  [
    'one idempotency key twice',
    'malformed_request',
    (valid) => ({ body: valid, more: ['Idempotency-Key: a', 'idempotency-key: a'] }),
  ],
  [
    'a foreign host',
    'host_not_allowed',
    (valid) => ({
      head: ['Host: evil.example', ...signedIn.slice(1), json, `Content-Length: ${valid.length}`],
      body: valid,
    }),
  ],
]

for (const [what, code, wrap] of refused) {
  test(`Every route that takes a body refuses ${what}.`, async (t) => {
    for (const { method, path, body } of writes) {
      const answer = await sendRaw(url, { method, path, ...wrap(JSON.stringify(body)) })
      isProblem(t, answer, { code, path }, `${method} ${path}`)
    }
    t.deepEqual(await stored(api), before)
  })
}

test('The header at fault is named.', async (t) => {
  const more = ['Idempotency-Key: a', 'Idempotency-Key: b']
  const answer = await sendRaw(url, { method: 'POST', path: '/order', body: '{"lines":[]}', more })
  isProblem(t, answer, { code: 'malformed_request', path: '/order', at: ['Idempotency-Key'] })
})

test('A body that is announced as too large is refused before it is sent.', async (t) => {
  const more = [json, 'Content-Length: 10000000000']
  const answer = await sendRaw(url, { method: 'POST', path: '/order', more })
  isProblem(t, answer, { code: 'body_too_large', path: '/order' })
})

test('A body of 65,536 bytes is read.', async (t) => {
  for (const { head, body } of [
    { body: ofSize(MOST_BYTES)('{}'), head: undefined },
    inChunks(ofSize(MOST_BYTES))('{}'),
  ]) {
    const answer = await sendRaw(url, {
      method: 'POST',
      path: '/order',
      ...(head && { head }),
      ...(body && { body }),
    })
    isProblem(t, answer, { code: 'invalid_request', path: '/order', at: ['/lines'] })
  }
})

// Node undoes the chunks and keeps quiet about the rest.
test('A transfer coding besides chunked is refused, not ignored.', async (t) => {
  const head = [...signedIn, json, 'Transfer-Encoding: gzip, chunked']
  const request = { method: 'POST', path: '/order', head, body: chunked('{}') }
  t.true([400, 415, 501].includes((await sendRaw(url, request)).status))
})

test.after('The same requests are accepted as JSON with a charset, in chunks.', async (t) => {
  for (const { method, path, body, accepted } of writes) {
    const head = [
      ...signedIn,
      'Content-Type: Application/JSON; charset=utf-8',
      'Transfer-Encoding: chunked',
    ]
    const answer = await sendRaw(url, { method, path, head, body: chunked(JSON.stringify(body)) })
    t.is(answer.status, accepted, answer.text)
  }
})

test.after.always(api.stop)
