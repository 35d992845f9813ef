import { once } from 'node:events'
import { StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { createMetrics } from '../../src/operation/metrics.ts'
import { probeRoutes } from '../../src/operation/probe-routes.ts'
import { clientOf } from '../support.ts'

/** The probes alone, on a database and a gateway that are there or not. */
const probe = async (
  t: ExecutionContext,
  is: Readonly<{ database: boolean; gateway: boolean; keys?: boolean }>,
) => {
  const ping = async () => {
    if (!is.database) throw new StoreUnavailable('postgres://ann:hush@db/x is away')
  }
  const parts = {
    store: { ...createMemoryStore(), ping },
    gateway: { isAvailable: () => is.gateway },
    writing: { notSince: () => undefined },
    ...(is.keys !== undefined && { keys: { isUp: () => is.keys === true } }),
    metrics: createMetrics(5000),
  }
  const server = new Koa().use(probeRoutes(parts).routes()).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const ask = clientOf(`http://127.0.0.1:${port}`)
  return (path: string) => ask('GET', path, undefined, { user: '' })
}

test('A service that can work is ready.', async (t) => {
  const ask = await probe(t, { database: true, gateway: true })
  const { status, body } = await ask('/readyz')
  t.deepEqual([status, body], [200, { status: 'ready', database: 'up', gateway: 'up' }])
})

test('Without the gateway it is still ready, for it takes and shows orders; and it says what is away.', async (t) => {
  const ask = await probe(t, { database: true, gateway: false })
  const { status, body } = await ask('/readyz')
  t.deepEqual([status, body], [200, { status: 'ready', database: 'up', gateway: 'down' }])
})

for (const gateway of [true, false]) {
  test(`Without the database it is not ready, and tells whether the gateway is (${gateway}).`, async (t) => {
    const ask = await probe(t, { database: false, gateway })
    const answer = await ask('/readyz')
    t.like(answer.body, { code: 'store_unavailable', instance: '/readyz', status: 503 })
    t.like(answer.body, { database: 'down', gateway: gateway ? 'up' : 'down' })
    t.regex(answer.body.detail, gateway ? /gateway is up/ : /gateway is down/)
    t.notRegex(answer.text, /hush/)
    t.regex(answer.headers.get('retry-after') ?? '', /^\d+$/)
  })
}

test('Ready or not, it tells whether the keys of tokens can be fetched, where it needs any.', async (t) => {
  for (const database of [true, false]) {
    const ask = await probe(t, { database, gateway: true, keys: false })
    t.is((await ask('/readyz')).body.keys, 'down')
  }
})

test('Without either the process is healthy all the same: to start it anew would not help.', async (t) => {
  const ask = await probe(t, { database: false, gateway: false })
  const { status, body } = await ask('/healthz')
  t.deepEqual([status, body], [200, { status: 'ok' }])
})
