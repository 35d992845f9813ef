import { readdirSync } from 'node:fs'
import test from 'ava'
import { workplace } from './support.ts'

const ann = { 'X-User-Id': 'ann', 'X-User-Role': 'admin', 'Content-Type': 'application/json' }

const post = async (url: string, body: object) => {
  const answer = await fetch(url, { method: 'POST', headers: ann, body: JSON.stringify(body) })
  return (await answer.json()) as Record<string, unknown>
}

test('a first start says where, what to open, how to get products and how to start over; a second does not', async (t) => {
  const { serve } = workplace(t)
  const first = await serve()
  await first.says(/(fake-gateway\.db\.\n)/)
  const told = first.said().split('\n')
  const listens = told.findIndex((line) => line.startsWith('holdfast listens on http:'))
  t.regex(told[0] ?? '', /\.\/data\/holdfast\.db/)
  t.deepEqual(told.slice(listens + 1, listens + 3), [
    'Open it in a browser to try it out; started with --demo, it has a few products.',
    'To start over, stop it and delete data/holdfast.db and data/fake-gateway.db.',
  ])
  await first.end('SIGINT')
  const second = await serve()
  await second.end('SIGINT')
  t.notRegex(second.said(), /start over|--demo/)
})

test('a first start beside a ledger that is there does not propose to delete the books of the gateway', async (t) => {
  const { run } = workplace(t)
  const FAKE_LEDGER = 'books/ledger.db'
  await (await run(['gateway', 'serve', '--port', '0'], { FAKE_LEDGER })).end('SIGTERM')
  const server = await run(['serve'], { FAKE_LEDGER })
  await server.end('SIGTERM')
  t.regex(server.said(), /To start over, stop it and delete data\/holdfast\.db\.\n/)
})

test('migrations are told before the server says that it listens', async (t) => {
  const { serve } = workplace(t)
  const server = await serve()
  await server.end('SIGTERM')
  t.regex(server.said(), /migrated[\s\S]*listens on/)
  t.notRegex(server.said(), /listens on[\s\S]*migrated/)
})

test('a server whose port is taken says so, and makes neither a database nor a ledger', async (t) => {
  const taken = new URL((await workplace(t).serve()).url).port
  const { holdfast, folder } = workplace(t)
  const service = await holdfast(['serve'], { PORT: taken })
  t.is(service.code, 78)
  t.regex(
    service.stderr,
    /^error HOST and PORT: .*EADDRINUSE.*\. Is a server running already\?.*\n$/,
  )
  const gateway = await holdfast(['gateway', 'serve', '--port', taken])
  t.is(gateway.code, 78)
  t.regex(gateway.stderr, /--host and --port: .*EADDRINUSE/)
  const nowhere = await holdfast(['serve'], {
    AUTH: 'jwt',
    JWT_SECRET: 's'.repeat(32),
    HOST: '::2',
  })
  t.is(nowhere.code, 78)
  t.deepEqual(readdirSync(folder), [])
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a server that is stopped by ${signal} says which payments it leaves`, async (t) => {
    const { serve } = workplace(t)
    const idle = await serve()
    t.is(await idle.end(signal), 0)
    t.regex(idle.said(), /\nStopped\. No payment is PENDING, no refund is owed\.\n/)

    const { url, end, said } = await serve()
    const price = { amountMinor: 1299, currency: 'EUR' }
    const mug = { sku: 'MUG-01', name: 'Enamel mug', price, quantity: 10 }
    const { id: productId } = await post(`${url}/product`, mug)
    const { id: orderId } = await post(`${url}/order`, { lines: [{ productId, quantity: 1 }] })
    const paid = await post(`${url}/payment`, { orderId, paymentMethod: 'fake_timeout' })
    t.is(paid['state'], 'PENDING')
    t.is(await end(signal), 0)
    t.regex(
      said(),
      /\nStopped\. 1 payment is PENDING: another process or the next start goes on\.\n/,
    )
  })
}

test('in a pipe each line of the log is JSON', async (t) => {
  const { serve } = workplace(t)
  const server = await serve()
  await fetch(`${server.url}/product`, { headers: ann })
  await server.end('SIGTERM')
  const logged = server
    .said()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  t.is(JSON.parse(logged.at(-1) ?? '').msg, 'GET /product 200')
})
