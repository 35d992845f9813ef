import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { send } from '../../../test/stress/client.ts'
import { type Server, workplace } from './support.ts'

const CLIENTS = 16

const sell = async ({ url }: Server): Promise<string> => {
  const price = { amountMinor: 1299, currency: 'EUR' }
  const body = { sku: 'MUG', name: 'Mug', price, quantity: 100_000 }
  const made = await send(url, { method: 'POST', path: '/product', userId: 'a', admin: true, body })
  if ('none' in made) throw new Error(`The server does not answer: ${made.none}`)
  return JSON.parse(made.text).id
}

const order = async ({ url }: Server, userId: string, productId: string) =>
  send(url, {
    ...{ method: 'POST', path: '/order', userId },
    body: { lines: [{ productId, quantity: 1 }], allowDuplicate: true },
  })

const pay = (url: string, userId: string, orderId: string, paymentMethod: string) =>
  send(url, { method: 'POST', path: '/payment', userId, body: { orderId, paymentMethod } })

/** Orders and pays, one request after the other on one connection that is kept, until an answer ends it. */
const shop = async (server: Server, userId: string, productId: string, ends: string[]) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const lines = [{ productId, quantity: 1 }]
  const paymentMethod = userId === 'user-1' ? 'fake_timeout' : 'fake_approve'
  for (let orderId: string | undefined; ; ) {
    const { status, id, isLast } = orderId
      ? await post(server, agent, userId, '/payment', { orderId, paymentMethod })
      : await post(server, agent, userId, '/order', { lines, allowDuplicate: true })
    orderId = orderId ? undefined : id
    ends.push(isLast ? `${status}, the last` : String(status))
    if (isLast) return
  }
}

/** Rejects if the connection is reset, or refused. */
const post = async (server: Server, agent: Agent, userId: string, path: string, body: object) => {
  const headers = { 'X-User-Id': userId, 'Content-Type': 'application/json' }
  const sent = request(server.url + path, { method: 'POST', agent, headers })
  sent.end(JSON.stringify(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const { id } = (await json(answer)) as { id: string }
  return { status: answer.statusCode, id, isLast: answer.headers.connection === 'close' }
}

test('kill -TERM under load: every request that has started is answered, and the server ends with 0', async (t) => {
  const { run } = workplace(t)
  const server = await run(['serve'], { GATEWAY_TIMEOUT: '500ms' })
  const productId = await sell(server)
  const ends: string[] = []
  const users = Array.from({ length: CLIENTS }, (_, number) => `user-${number}`)
  const shopping = Promise.all(users.map((userId) => shop(server, userId, productId, ends)))
  while (ends.filter((end) => end === '202').length < 2) await setImmediate() // All are at it.
  const requests = ends.length
  t.is(await server.end('SIGTERM'), 0)
  await shopping // Would reject if one of them had been cut off.
  t.log(`${requests} requests before the signal, ${ends.length - requests} answered after it`)
  t.is(ends.filter((end) => /^20[12], the last$/.test(end)).length, CLIENTS)
  t.true(ends.every((end) => /^20[12]/.test(end)))
})

/** A payment that waits for a gateway which never answers. */
const startHanging = async (t: ExecutionContext, environment: Record<string, string>) => {
  const { run } = workplace(t)
  const server = await run(['serve'], environment)
  const placed = await order(server, 'ann', await sell(server))
  if ('none' in placed) throw new Error(placed.none)
  const orderId = JSON.parse(placed.text).id
  const paying = pay(server.url, 'ann', orderId, 'fake_timeout')
  const state = async () => {
    const found = await send(server.url, {
      method: 'GET',
      path: `/order/${orderId}`,
      userId: 'ann',
    })
    return 'none' in found ? found.none : JSON.parse(found.text).state
  }
  while ((await state()) !== 'PAYMENT_IN_PROGRESS');
  return { server, paying }
}

test('a second signal, or a third, does not cut short what a first one lets finish', async (t) => {
  const { server, paying } = await startHanging(t, { GATEWAY_TIMEOUT: '1s' })
  const ends = [server.end('SIGTERM'), server.end('SIGTERM'), server.end('SIGINT')]
  const paid = await paying
  t.is('none' in paid ? paid.none : paid.status, 202)
  t.deepEqual(await Promise.all(ends), [0, 0, 0])
})

test('when the grace is over the server ends with 0 all the same; the reconciler finishes the rest', async (t) => {
  const { server, paying } = await startHanging(t, {
    ...{ GATEWAY_TIMEOUT: '10m', SHUTDOWN_GRACE: '200ms' },
  })
  t.is(await server.end('SIGTERM'), 0)
  t.deepEqual(await paying, { none: 'cut' })
})
