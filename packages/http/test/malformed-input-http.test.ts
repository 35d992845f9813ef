import test from 'ava'
import { everyWrite } from './every-write.ts'
import { startOneService, stored } from './one-service.ts'
import { type RawRequest, sendRaw } from './raw-socket.ts'
import { lines, sell, startService } from './support.ts'

const api = await startOneService()
const writes = await everyWrite(api)
const mug = await sell(api, 10)
const before = await stored(api)
const { url } = api.service

const order = JSON.stringify(lines(mug))
const signedIn = ['Host: localhost', 'X-User-Id: ann', 'Content-Type: application/json']
const placing = (more: readonly string[], body = order): RawRequest => ({
  method: 'POST',
  path: '/order',
  head: [...signedIn, ...more],
  body,
  thenEnd: true,
})
const size = `Content-Length: ${order.length}`
const inChunks = 'Transfer-Encoding: chunked'

/** What HTTP itself forbids. Node answers these before the service sees them, without a body. */
const broken: Readonly<Record<string, RawRequest>> = {
  'two lengths': placing([size, `Content-Length: ${order.length + 1}`]),
  'the same length twice': placing([size, size]),
  'a list of lengths': placing([`${size}, ${order.length}`]),
  'a length and chunks': placing([size, inChunks]),
  'chunks and a length': placing([inChunks, size]),
  'a negative length': placing(['Content-Length: -1']),
  'a length that is no number': placing(['Content-Length: 0x10']),
  'a length past 2^64': placing(['Content-Length: 99999999999999999999']),
  'a length with a sign': placing([`Content-Length: +${order.length}`]),
  'chunks whose size is no number': placing([inChunks], `zz\r\n${order}\r\n0\r\n\r\n`),
  'chunks whose size is negative': placing([inChunks], `-1\r\n${order}\r\n0\r\n\r\n`),
  'chunks that never end': placing([inChunks], `${order.length.toString(16)}\r\n${order}\r\n`),
  'chunks that are longer than they say': placing([inChunks], `1\r\n${order}\r\n0\r\n\r\n`),
  'a transfer coding before chunks twice': placing(
    ['Transfer-Encoding: chunked, chunked'],
    `1\r\n{\r\n0\r\n\r\n`,
  ),
  'a transfer coding that is not known': placing(['Transfer-Encoding: cow']),
  'a space before a colon': placing([size, 'X-Extra : 1']),
  'a folded header': placing([size, 'X-Extra: 1', ' 2']),
  'a header without a name': placing([size, ': 1']),
  'a header without a colon': placing([size, 'X-Extra']),
  'a NUL in a header': placing([size, 'X-Extra: a\0b']),
  'a carriage return in a header': placing([size, 'X-Extra: a\rb']),
  'an escape character in a header': placing([size, 'X-Extra: \x1b[2J']),
  'no host': { ...placing([size]), head: [...signedIn.slice(1), size] },
  'a method in lower case': { ...placing([size]), method: 'post' },
  'a method that does not exist': { ...placing([size]), method: 'ORDER' },
  'no method': { ...placing([size]), method: '' },
  'a path without a slash': { ...placing([size]), path: 'order' },
  'a path with a space': { ...placing([size]), path: '/order /x' },
  'a path with a NUL': { ...placing([size]), path: '/ord\0er' },
  'no path': { ...placing([size]), path: '' },
}

for (const [what, request] of Object.entries(broken)) {
  test(`A request with ${what} is answered 400, and nothing is stored.`, async (t) => {
    const { status, text } = await sendRaw(url, request)
    t.is(status, 400, text)
    t.deepEqual(await stored(api), before)
  })
}

const tooLarge: Readonly<Record<string, RawRequest>> = {
  'a header of 20,000 characters': placing([size, `X-Extra: ${'x'.repeat(20_000)}`]),
  '2,000 headers': placing([size, ...Array.from({ length: 2000 }, (_, index) => `a${index}: b`)]),
  'a query of 20,000 characters': { path: `/order?cursor=${'x'.repeat(20_000)}` },
}

for (const [what, request] of Object.entries(tooLarge)) {
  test(`A request with ${what} is answered 431, and nothing is stored.`, async (t) => {
    t.is((await sendRaw(url, request)).status, 431)
    t.deepEqual(await stored(api), before)
  })
}

for (const hosts of [
  ['evil.example', 'localhost'],
  ['localhost', 'localhost'],
  ['localhost', 'evil.example'],
]) {
  test(`A request with the hosts ${hosts.join(' and ')} is refused.`, async (t) => {
    const head = [...hosts.map((host) => `Host: ${host}`), ...signedIn.slice(1)]
    const { status, text } = await sendRaw(url, { path: '/order', head })
    t.true([400, 403].includes(status), `${status} ${text}`)
  })
}

test('A body that ends too early, with the connection half closed, is answered 400.', async (t) => {
  for (const { method, path, body } of writes) {
    const cut = JSON.stringify(body)
    const head = [...signedIn, 'X-User-Role: admin', `Content-Length: ${cut.length + 1}`]
    t.is((await sendRaw(url, { method, path, head, body: cut, thenEnd: true })).status, 400)
  }
  t.deepEqual(await stored(api), before)
})

test('A client that leaves in the middle of its body leaves nothing behind.', async (t) => {
  for (const { method, path, body } of writes) {
    const whole = JSON.stringify(body)
    for (const cut of ['', whole.slice(0, -1), whole]) {
      const length = `Content-Length: ${whole.length + 1}`
      const head = [...signedIn, 'X-User-Role: admin', length]
      t.is((await sendRaw(url, { method, path, head, body: cut, thenLeave: true })).status, 0)
    }
  }
  t.deepEqual(await stored(api), before)
})

const hidden = ['POST /order HTTP/1.1', ...signedIn, size, '', order].join('\r\n')

test('A request that is hidden behind the body of another one is not carried out.', async (t) => {
  const head = [...signedIn, 'Content-Length: 2']
  t.is(
    (await sendRaw(url, { method: 'POST', path: '/order', head, body: `{}${hidden}` })).status,
    422,
  )
  t.deepEqual(await stored(api), before)
})

test('What comes behind a request does not take the place of its answer.', async (t) => {
  const own = await startService(t)
  const body = JSON.stringify(lines(await sell(own, 10)))
  const head = [...signedIn, `Content-Length: ${body.length}`]
  const answer = await sendRaw(own.service.url, {
    method: 'POST',
    path: '/order',
    head,
    body: `${body}${hidden}`,
  })
  t.is(answer.status, 201)
  t.is((await own.ask('GET', '/order')).body.items.length, 1)
})

test('The service goes on after all of that.', async (t) => {
  t.is((await sendRaw(url, { path: '/readyz' })).status, 200)
})

test.after.always(api.stop)
