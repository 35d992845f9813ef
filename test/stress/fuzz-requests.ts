import { openGrammar, type Schema } from './fuzz-grammar.ts'
import type { Random } from './random.ts'

/** As much of an OpenAPI document as requests are made of. */
export type Document = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>
}>
type Operation = Readonly<{
  parameters?: readonly Readonly<{ in: string; name: string; schema: Schema }>[]
  requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema: Schema }>>> }>
}>

/** Bytes for a connection, in pieces, and whether the client leaves at once instead of waiting for the answer. */
export type Onslaught = Readonly<{ pieces: readonly Buffer[]; leaves: boolean }>

const STRANGE_PATHS = [
  ...["/order/' or 1=1--", '/order/%2e%2e', '/order/..%2f..%2fetc', '/order/%0d%0aX:%20y', '/%00'],
  ...['/order/%ff', '/order/%', `/${'a'.repeat(5000)}`, '//order', '/order/', '/ORDER', '/order;x'],
  ...['/order?limit=1&limit=2', '/order?limit=1e3', '/order?__proto__=1', '/order?cursor=%00', '*'],
  ...[
    'http://evil.example/order',
    '/problems/__proto__',
    '/docs/..%2f..%2fpackage.json',
    '/\u00e9',
  ],
]

const STRANGE_LINES = [
  ...['X-User-Id: cli', 'X-User-Id: a b', `X-User-Id: ${'a'.repeat(300)}`, 'X-User-Id: \u00e9'],
  ...['X-User-Id: bob', 'Idempotency-Key: ', 'Idempotency-Key: "a', 'Idempotency-Key: a b'],
  ...['If-Match: *', 'If-Match: W/"1"', 'If-Match: "x', 'If-Match: "1", "2"', 'Host: evil.example'],
  ...[
    'Content-Type: text/plain',
    'Content-Type: application/json; charset=utf-16',
    'Content-Type: ',
  ],
  ...['Content-Encoding: gzip', 'Content-Encoding: br', 'Transfer-Encoding: gzip', 'Expect: x'],
  ...['Expect: 100-continue', 'Upgrade: h2c', 'Connection: upgrade', 'Content-Length: -1'],
  ...['Content-Length: 1, 1', 'Authorization: Bearer x.y.z', 'X-Forwarded-For: 1.2.3.4, \u0001'],
  ...['X-Request-Id: \u0007', 'Gateway-Signature: t=1,v1=0', 'Bad Name: 1', ': empty', 'No-Colon'],
  ...['Range: bytes=0-1', 'Accept: image/png', 'traceparent: 00-x', 'Cookie: a=b; __proto__=1'],
]

const NONSENSE = [
  ...['\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/0.9\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'x'],
  ...[
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
    '\u0016\u0003',
  ],
  ...[
    'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'get /order HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ],
  ...[`GET / HTTP/1.1\r\nHost: localhost\r\n${'X-A: b\r\n'.repeat(2500)}\r\n`, '{"lines":[]}'],
]

/** Makes requests of every operation of a document, some of them well-formed, most with something wrong at some level. */
export const openRequests = (document: Document, random: Random, knownIds: string[]) => {
  const grammar = openGrammar(document.components.schemas, random, knownIds)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  const one = (): Buffer => {
    const { path, method, operation } = random.pick(operations)
    const schema = operation.requestBody?.content['application/json']?.schema
    const text = schema && random.chance(0.97) ? grammar.body(schema) : ''
    const body = Buffer.from(
      random.chance(0.97) ? text : text.slice(0, random.whole(0, text.length)),
    )
    if (random.chance(0.02) && body.length > 0) body[random.whole(0, body.length - 1)] = 0xff
    const verb = random.chance(0.96)
      ? method.toUpperCase()
      : random.pick(['HEAD', 'DELETE', 'OPTIONS'])
    const target = random.chance(0.92) ? filled(path, operation) : random.pick(STRANGE_PATHS)
    const lines = [
      `${verb} ${target} HTTP/1.1`,
      ...(random.chance(0.99) ? ['Host: localhost'] : []),
      ...(random.chance(0.95) ? [`X-User-Id: ${random.pick(['ann', 'ben', 'cat'])}`] : []),
      ...(random.chance(0.5) ? ['X-User-Role: admin'] : []),
      ...(random.chance(0.3) ? [`Idempotency-Key: key-${random.whole(1, 500)}`] : []),
      ...(random.chance(0.1) ? [`If-Match: "${random.whole(0, 4)}"`] : []),
      ...(body.length > 0 && random.chance(0.97) ? ['Content-Type: application/json'] : []),
      ...(random.chance(0.15) ? [random.pick(STRANGE_LINES)] : []),
    ]
    return framed(lines, body)
  }

  const filled = (path: string, { parameters = [] }: Operation): string => {
    const query = parameters
      .filter((parameter) => parameter.in === 'query' && random.chance(0.5))
      .map(
        ({ name }) => `${name}=${random.pick(['1', '100', '0', 'x', '', ...knownIds.slice(-3)])}`,
      )
    const prefix = { order: 'ord', payment: 'pay', product: 'prod' }[path.split('/')[1] ?? '']
    const target = path.replaceAll(/\{\w+\}/g, () => grammar.idOf(prefix))
    return query.length > 0 ? `${target}?${query.join('&')}` : target
  }

  /** How a body is sent: as it should be, in chunks, or in a way that two servers could read differently. */
  const framed = (lines: readonly string[], body: Buffer): Buffer => {
    const size = body.length.toString(16)
    const [right, chunks] = [[`Content-Length: ${body.length}`], ['Transfer-Encoding: chunked']]
    const wrap = (end: string) =>
      Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from(`\r\n${end}`)])
    const ways: Readonly<Record<string, () => readonly [readonly string[], Buffer]>> = {
      length: () => [body.length > 0 ? right : [], body],
      chunked: () => (body.length > 0 ? [chunks, wrap('0\r\n\r\n')] : [[], body]),
      shortLength: () => [[`Content-Length: ${Math.max(0, body.length - 3)}`], body],
      longLength: () => [[`Content-Length: ${body.length + 9}`], body],
      both: () => [[...right, ...chunks], wrap('0\r\n\r\n')],
      twoLengths: () => [[...right, 'Content-Length: 0'], body],
      openChunks: () => [chunks, wrap('')],
      badChunks: () => [chunks, Buffer.concat([Buffer.from('zz\r\n'), body])],
    }
    const rare = {
      shortLength: 1,
      longLength: 1,
      both: 1,
      twoLengths: 1,
      openChunks: 1,
      badChunks: 1,
    }
    const [more, bytes] = ways[random.weighted({ length: 85, chunked: 9, ...rare })]?.() ?? [
      [],
      body,
    ]
    return Buffer.concat([Buffer.from([...lines, ...more, '', ''].join('\r\n')), bytes])
  }

  return (): Onslaught => {
    const nonsense = () => Buffer.from(random.pick(NONSENSE), 'latin1')
    const bytes = Buffer.concat(
      Array.from({ length: random.chance(0.05) ? 3 : 1 }, () =>
        random.chance(0.02) ? nonsense() : one(),
      ),
    )
    const cut = random.chance(0.1) ? random.whole(1, bytes.length) : bytes.length
    return { pieces: [bytes.subarray(0, cut), bytes.subarray(cut)], leaves: random.chance(0.02) }
  }
}
