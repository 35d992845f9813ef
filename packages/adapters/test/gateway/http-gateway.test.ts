import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { amount, gatewayAt, heard, questions, secret, standIn } from './support.ts'

const json = { 'content-type': 'application/json' }

/** The answer that a gateway in order would give to each question about `pay_1`. */
const right: Readonly<Record<string, object>> = {
  charge: { idempotencyKey: 'pay_1', amount, state: 'captured' },
  lookup: { idempotencyKey: 'pay_1', amount, state: 'captured' },
  void: { idempotencyKey: 'pay_1', amount, state: 'voided' },
  refund: { idempotencyKey: 'pay_1', amount, state: 'refunded' },
}

const send = (
  response: ServerResponse,
  status: number,
  body: string | Buffer | object,
  headers: object = json,
) =>
  response
    .writeHead(status, { ...headers })
    .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))

type Misbehaviour = (response: ServerResponse, answer: object, request: IncomingMessage) => unknown

/** What a broken gateway, or somebody in its place, might do with a request, and how often it is then sent. */
const misbehaviours: Readonly<Record<string, readonly [sends: number, act: Misbehaviour]>> = {
  'a 500': [3, (response, answer) => send(response, 500, answer)],
  'a 503 without a body': [3, (response) => send(response, 503, '')],
  'a 429': [1, (response, answer) => send(response, 429, answer, { ...json, 'retry-after': '1' })],
  'a 401': [1, (response, answer) => send(response, 401, answer)],
  'a 400': [1, (response, answer) => send(response, 400, answer)],
  'a 201': [1, (response, answer) => send(response, 201, answer)],
  'a 204': [1, (response) => response.writeHead(204).end()],
  'a bare 404': [1, (response) => send(response, 404, { code: 'not_found', detail: 'Where?' })],
  'a 404 with the right answer': [1, (response, answer) => send(response, 404, answer)],
  'a 409 with the right answer': [1, (response, answer) => send(response, 409, answer)],
  'a reset': [3, (response) => response.socket?.resetAndDestroy()],
  'a hang-up': [3, (response) => response.destroy()],
  'half an answer': [
    3,
    (response, answer) => {
      response.writeHead(200, { ...json, 'content-length': '1000' })
      response.write(JSON.stringify(answer).slice(0, 20), () => response.destroy())
    },
  ],
  'something that is not HTTP': [3, (response) => response.socket?.end('+OK ready\r\n')],
  'bytes that are no text': [1, (response) => send(response, 200, Buffer.from([0xff, 0x00, 0xc3]))],
  'the right answer with a broken character in it': [
    1,
    (response, answer) => {
      const [head = '', tail = ''] = JSON.stringify({ ...answer, note: 'MARK' }).split('MARK')
      const bytes = [Buffer.from(head), Buffer.from([0xc3, 0x28]), Buffer.from(tail)]
      send(response, 200, Buffer.concat(bytes))
    },
  ],
  'half a JSON text': [
    1,
    (response, answer) => send(response, 200, JSON.stringify(answer).slice(0, -1)),
  ],
  'no body': [1, (response) => send(response, 200, '')],
  null: [1, (response) => send(response, 200, 'null')],
  'a list of the right answer': [1, (response, answer) => send(response, 200, [answer])],
  'the right answer as HTML': [
    1,
    (response, answer) => send(response, 200, answer, { 'content-type': 'text/html' }),
  ],
  'the right answer as nothing in particular': [
    1,
    (response, answer) => send(response, 200, answer, {}),
  ],
  'an answer about another charge': [
    1,
    (response, answer) => send(response, 200, { ...answer, idempotencyKey: 'pay_2' }),
  ],
  'an answer about no charge': [
    1,
    (response, answer) => send(response, 200, { ...answer, idempotencyKey: undefined }),
  ],
  'a state that there is not': [
    1,
    (response, answer) => send(response, 200, { ...answer, state: 'done' }),
  ],
  'no state': [1, (response, answer) => send(response, 200, { ...answer, state: undefined })],
  'an amount that is text': [
    1,
    (response, answer) =>
      send(response, 200, { ...answer, amount: { ...amount, amountMinor: '1299' } }),
  ],
  'a few KB of gzip that become 10 MB': [
    1,
    (response, answer) => {
      const bomb = gzipSync(`${JSON.stringify(answer)}${' '.repeat(10_000_000)}`)
      send(response, 200, bomb, { ...json, 'content-encoding': 'gzip' })
    },
  ],
  '10 MB around the right answer': [
    1,
    (response, answer) => send(response, 200, `${JSON.stringify(answer)}${' '.repeat(10_000_000)}`),
  ],
}

for (const [name, ask] of Object.entries(questions)) {
  for (const [what, [sends, act]] of Object.entries(misbehaviours)) {
    test(`${what} in answer to a ${name} leaves its outcome unknown`, async (t) => {
      const answer = right[name] ?? {}
      const server = await standIn(t, (request, response) => act(response, answer, request))
      const { gateway } = gatewayAt(server.url)
      t.is(await heard(ask(gateway)), 'outcome_unknown')
      t.is(server.asked.length, sends)
      t.is(
        new Set(server.asked.map((each) => JSON.stringify(each))).size,
        1,
        'resends are the same',
      )
    })
  }

  test(`a ${name} is answered once the gateway has come to itself, and resends carry the same key`, async (t) => {
    let sends = 0
    const server = await standIn(t, (_, response) => {
      sends += 1
      if (sends === 1) response.socket?.resetAndDestroy()
      else send(response, sends === 2 ? 503 : 200, right[name] ?? {})
    })
    t.not(await heard(ask(gatewayAt(server.url).gateway)), 'outcome_unknown')
    t.is(sends, 3)
    t.is(new Set(server.asked.map(({ path, body }) => path + body)).size, 1)
    for (const { headers } of server.asked) t.is(headers.authorization, `Bearer ${secret}`)
  })

  test(`a ${name} that is redirected goes nowhere else`, async (t) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const elsewhere = await standIn(t, (_, response) => send(response, 200, right[name] ?? {}))
      const server = await standIn(t, (request, response) =>
        response.writeHead(status, { location: elsewhere.url + request.url }).end(),
      )
      t.is(await heard(ask(gatewayAt(server.url).gateway)), 'outcome_unknown')
      t.deepEqual([server.asked.length, elsewhere.asked.length], [1, 0])
    }
  })
}
