import { randomUUID } from 'node:crypto'
import test from 'ava'
import { keyedKinds } from './keyed-writes.ts'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { type Answer, lines, sell } from './support.ts'

const api = await startOneService()
const { ask } = api

/** What a repeated request must get again, byte for byte. */
const kept = ({ status, headers, text }: Answer) => ({
  status,
  text,
  type: headers.get('content-type'),
  location: headers.get('location'),
  etag: headers.get('etag'),
})

const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true'

for (const { what, status, ready } of keyedKinds) {
  test(`A key repeats the answer to ${what}, byte for byte, and nothing is done again.`, async (t) => {
    const [user, key] = [randomUUID(), randomUUID()]
    const { method, path, body, effect, once } = await ready(api, user)
    const first = await ask(method, path, body, { user, admin: true, key })
    t.is(first.status, status, first.text)
    t.is(first.headers.get('idempotent-replayed'), null)
    for (const again of [key, `"${key}"`, key]) {
      const repeated = await ask(method, path, body, { user, admin: true, key: again })
      t.deepEqual(kept(repeated), kept(first))
      t.true(isReplayed(repeated))
    }
    t.deepEqual(await effect(), once)
  })

  test(`Twenty equal requests at once for ${what} have one effect and agreeing answers.`, async (t) => {
    const [user, key] = [randomUUID(), randomUUID()]
    const { method, path, body, effect, once } = await ready(api, user)
    const send = () => ask(method, path, body, { user, admin: true, key })
    const answers = await Promise.all(Array.from({ length: 20 }, send))
    const last = await send()
    t.is(last.status, status)
    // While a payment is under way, those who ask get it as it stands.
    const waiting = answers.filter((answer) => answer.status === 202)
    const ended = answers.filter((answer) => answer.status !== 202)
    for (const answer of ended) t.deepEqual(kept(answer), kept(last))
    t.is(ended.filter((answer) => !isReplayed(answer)).length, 1)
    for (const { body: payment, headers } of waiting) {
      t.is(payment.state, 'PENDING')
      t.is(headers.get('location'), last.headers.get('location'))
    }
    t.true(waiting.length === 0 || path.endsWith('payment'))
    t.deepEqual(await effect(), once)
  })
}

const sameRequests: Readonly<Record<string, (productId: string) => string>> = {
  'with its members in another order': (id) => `{"lines":[{"quantity":1,"productId":"${id}"}]}`,
  'with more white space': (id) => `{ "lines" : [\n{"productId":"${id}",\t"quantity": 1} ] }\n`,
  'with an escape': (id) => `{"l\\u0069nes":[{"productId":"${id}","quantity":1}]}`,
  'with a number in another form': (id) => `{"lines":[{"productId":"${id}","quantity":1.0e0}]}`,
}

for (const [what, text] of Object.entries(sameRequests)) {
  test(`The same request ${what} is the same request.`, async (t) => {
    const key = randomUUID()
    const mug = await sell(api, 10)
    const first = await ask('POST', '/order', lines(mug), { key })
    const again = await ask('POST', '/order', text(mug), { key })
    t.deepEqual(kept(again), kept(first))
    t.true(isReplayed(again))
  })
}

test('No body and an empty object are the same request.', async (t) => {
  const key = randomUUID()
  const { id } = (await ask('POST', '/order', lines(await sell(api, 10)))).body
  t.is((await ask('POST', `/order/cancelorder/${id}`, undefined, { key })).status, 200)
  t.true(isReplayed(await ask('POST', `/order/cancelorder/${id}`, {}, { key })))
})

test('A key that comes with another body, path or method is refused with 422, and does nothing.', async (t) => {
  const [user, key] = [randomUUID(), randomUUID()]
  const mug = await sell(api, 10)
  const cup = await sell(api, 10)
  const other = (await ask('POST', '/order', lines(cup), { user })).body.id
  const body = { lines: [...lines(mug).lines, ...lines(cup).lines] }
  const first = await ask('POST', '/order', body, { user, key })
  const before = await ask('GET', '/order', undefined, { user })
  for (const [method, path, others] of [
    ['POST', '/order', lines(mug, 2)],
    ['POST', '/order', { lines: body.lines.toReversed() }],
    ['POST', '/order', { ...body, allowDuplicate: false }],
    ['PUT', `/order/${first.body.id}`, body],
    ['PUT', `/order/${other}`, body],
    ['POST', `/order/cancelorder/${other}`, {}],
    ['POST', '/payment', { orderId: other }],
    ['PUT', `/product/${mug}`, { quantity: 99 }],
  ] as const) {
    const answer = await ask(method, path, others, { user, key, admin: true })
    isProblem(t, answer, { code: 'idempotency_key_reused', path })
    t.false(isReplayed(answer))
  }
  t.deepEqual((await ask('GET', '/order', undefined, { user })).body, before.body)
  t.is((await ask('GET', `/product/${mug}`)).body.quantity, 10)
  t.deepEqual(kept(await ask('POST', '/order', body, { user, key })), kept(first))
})

test('The same key on two orders is refused for the second one.', async (t) => {
  const key = randomUUID()
  const first = (await ask('POST', '/order', lines(await sell(api, 10)))).body.id
  const second = (await ask('POST', '/order', lines(await sell(api, 10)))).body.id
  t.is((await ask('POST', `/order/cancelorder/${first}`, {}, { key })).status, 200)
  const path = `/order/cancelorder/${second}`
  isProblem(t, await ask('POST', path, {}, { key }), { code: 'idempotency_key_reused', path })
  t.is((await ask('GET', `/order/${second}`)).body.state, 'CREATED')
})

test('The keys of two users do not meet.', async (t) => {
  const key = randomUUID()
  const mug = await sell(api, 10)
  const users = [randomUUID(), randomUUID()]
  const send = (user: string) => ask('POST', '/order', lines(mug), { user, key })
  const answers = await Promise.all(users.map(send))
  for (const [index, answer] of answers.entries()) {
    t.deepEqual([answer.status, answer.body.userId], [201, users[index]])
    t.false(isReplayed(answer))
  }
  t.is((await ask('POST', '/order', lines(mug, 2), { user: randomUUID(), key })).status, 201)
})

/** Keys as they are written: those in a row are the same key. */
const sameKeys = [
  ['k', '"k"'],
  ['x'.repeat(255), `"${'x'.repeat(255)}"`],
  ['a"b', '"a\\"b"'],
  ['a\\b', '"a\\\\b"'],
  ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~", '"!#$%&\'()*+,-./:;<=>?@[]^_`{|}~"'],
]

for (const [raw = '', quoted = ''] of sameKeys) {
  test(`The key ${raw.slice(0, 20)} of ${raw.length} characters is the same raw and quoted.`, async (t) => {
    const user = randomUUID()
    const mug = await sell(api, 10)
    const first = await ask('POST', '/order', lines(mug), { user, key: raw })
    const again = await ask('POST', '/order', lines(mug), { user, key: quoted })
    t.deepEqual([first.status, again.text, isReplayed(again)], [201, first.text, true])
  })
}

const badKeys = ['', '""', '" "', 'a b', '"a b"', 'a\tb', 'x'.repeat(256), `"${'x'.repeat(256)}"`]
const strangeKeys = ['schl\xfcssel', '"a", "b"', '\xff', 'a\x80']

for (const key of [...badKeys, ...strangeKeys]) {
  const shown = JSON.stringify(key).slice(0, 20)
  test(`The key ${shown} of ${key.length} characters is refused with 400.`, async (t) => {
    const path = '/order'
    const body = JSON.stringify(lines(await sell(api, 10), 7))
    const more = [`Idempotency-Key: ${key}`]
    const answer = await sendRaw(api.service.url, { method: 'POST', path, body, more })
    isProblem(t, answer, { code: 'malformed_request', path, at: ['Idempotency-Key'] })
    t.is((await ask('POST', '/order', body)).status, 201)
  })
}

test.after.always(api.stop)
