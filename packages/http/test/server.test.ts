import { once } from 'node:events'
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { type Listening, listen, PATIENCE } from '../src/server.ts'

const address = { host: '127.0.0.1', port: 0 }

const start = async (
  t: ExecutionContext,
  handle: RequestListener,
  patience: Partial<typeof PATIENCE> = {},
) => {
  const unreadable: number[] = []
  const note = (status: number) => unreadable.push(status)
  const server = await listen(address, handle, note, { ...PATIENCE, ...patience })
  t.teardown(() => server.stop(0))
  return { server, unreadable }
}

/** A connection on which these bytes were sent, and all that came back when it is closed. */
const send = (t: ExecutionContext, { port }: Listening, bytes: string) => {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  if (bytes) socket.write(bytes)
  return { socket, received: receivedBy(socket) }
}

const receivedBy = (socket: Socket): Promise<string> =>
  text(socket).catch((error: NodeJS.ErrnoException) => `cut: ${error.code}`)

const ask = (port: number, agent: Agent, path = '/'): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent, path }, resolve).on('error', reject)
  })

test('A client has its headers and its body cut off within 12 and 35 seconds if it sends them too slowly.', (t) => {
  t.true(PATIENCE.headersTimeout + PATIENCE.connectionsCheckingInterval <= 12_000)
  t.true(PATIENCE.requestTimeout + PATIENCE.connectionsCheckingInterval <= 35_000)
})

test('Headers that never end are answered with 408 and the connection is closed.', async (t) => {
  const impatient = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 }
  const { server, unreadable } = await start(t, () => t.fail(), impatient)
  const { received } = send(t, server, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  t.regex(await received, /^HTTP\/1\.1 408 /)
  t.deepEqual(unreadable, [408])
})

test('Bytes that are no request are answered with 400, headers without end with 431.', async (t) => {
  const { server, unreadable } = await start(t, () => t.fail())
  t.regex(await send(t, server, 'hello\r\n\r\n').received, /^HTTP\/1\.1 400 /)
  const long = `GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`
  t.regex(await send(t, server, long).received, /^HTTP\/1\.1 431 /)
  t.deepEqual(unreadable, [400, 431])
})

test('When it stops, a started request is answered, and told that the connection ends.', async (t) => {
  const begun = Promise.withResolvers<() => void>()
  const { server } = await start(t, (_, response) => begun.resolve(() => response.end('done')))
  const agent = new Agent({ keepAlive: true })
  const answer = ask(server.port, agent)
  const finish = await begun.promise
  const stopped = server.stop(60_000)
  finish()
  const { headers, statusCode } = await answer
  t.deepEqual([statusCode, headers.connection], [200, 'close'])
  ;(await answer).resume()
  await stopped
})

test('When it stops, a request that comes on a connection that rests is still answered.', async (t) => {
  const { server } = await start(t, (_, response) => response.end('done'))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const before = await ask(server.port, agent)
  t.is(before.headers.connection, 'keep-alive')
  t.is(await text(before), 'done')
  const stopped = server.stop(60_000)
  const after = await ask(server.port, agent)
  t.deepEqual([after.statusCode, after.headers.connection], [200, 'close'])
  t.is(await text(after), 'done')
  await stopped
})

test('When it stops, connections that rest are closed after a while, and nobody else gets in.', async (t) => {
  const { server } = await start(t, (_, response) => response.end())
  const { socket, received } = send(t, server, '')
  await new Promise((resolve) => socket.once('connect', resolve))
  await server.stop(20)
  t.is(await received, '')
  await t.throwsAsync(ask(server.port, new Agent()), { code: 'ECONNREFUSED' })
})

/** What a client has sent that holds up a stop although nothing waits for an answer. */
const UNFINISHED = {
  nothing: '',
  'half a header': 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Ha',
  'half a body': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf',
  'an answered request and half a header':
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHo',
}

/** A server with a slow request that was received in full. Slow clients are not what it ends. */
const startSlow = async (t: ExecutionContext, handle: RequestListener) => {
  const begun = Promise.withResolvers<() => void>()
  const handleAll: RequestListener = (request, response) =>
    request.url === '/slow' ? begun.resolve(() => response.end('done')) : handle(request, response)
  const { server } = await start(t, handleAll, { headersTimeout: 0, requestTimeout: 0 })
  const answer = ask(server.port, new Agent({ keepAlive: true }), '/slow').then(text)
  return { server, answer, finish: await begun.promise }
}

for (const [what, bytes] of Object.entries(UNFINISHED)) {
  test(`When it stops, ${what} holds nothing up, and a slow request is still answered.`, async (t) => {
    const arrived = Promise.withResolvers<void>()
    const { server, answer, finish } = await startSlow(t, ({ method }, response) => {
      if (method === 'GET') response.end()
      arrived.resolve()
    })
    const { socket, received } = send(t, server, bytes)
    await (bytes.includes('\r\n\r\n') ? arrived.promise : once(socket, 'connect'))
    const stopped = server.stop(60_000)
    await received // If this took the whole grace, the slow request would be cut off too.
    finish()
    t.is(await answer, 'done')
    await stopped
  })
}

test('When it stops, a connection whose answer had begun ends with that answer.', async (t) => {
  const begun = Promise.withResolvers<() => void>()
  const { server, answer, finish } = await startSlow(t, (_, response) => {
    response.writeHead(200, { 'Content-Length': 4 }).flushHeaders()
    begun.resolve(() => response.end('late'))
  })
  const resting = send(t, server, '')
  const { received } = send(t, server, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const finishLate = await begun.promise
  const stopped = server.stop(60_000)
  await resting.received // The farewell is over.
  finishLate()
  t.regex(await received, /late$/)
  finish()
  t.is(await answer, 'done')
  await stopped
})

test('What has not finished when the grace is over is cut off.', async (t) => {
  const begun = Promise.withResolvers<void>()
  const { server } = await start(t, () => begun.resolve())
  const { received } = send(t, server, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await begun.promise
  await server.stop(10)
  t.regex(await received, /^$|cut/)
})
