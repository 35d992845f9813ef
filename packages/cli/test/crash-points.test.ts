import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../../../test/databases.ts'
import { send } from '../../../test/stress/client.ts'
import { serverOn } from '../../../test/stress/servers.ts'
import { workplace } from './support.ts'

test.before((t) => t.timeout(60_000))

/** A server on a database of the test's own, and a client. */
const opened = async (t: ExecutionContext) => {
  const { it: folder, remove } = temporaryFolder()
  const server = await serverOn({
    DATABASE_URL: `sqlite:${join(folder, 'holdfast.db')}`,
    GATEWAY_TIMEOUT: '100ms',
  })
  t.teardown(async () => {
    await server.kill()
    await remove()
  })
  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const answer = await send(server.url, { method, path, userId: 'ann', admin: true, body })
    return 'none' in answer
      ? { status: answer.none, body: undefined }
      : { ...answer, body: JSON.parse(answer.text) }
  }
  const price = { amountMinor: 100, currency: 'EUR' }
  const mug = { sku: 'MUG', name: 'Mug', price, quantity: 9 }
  return { server, ask, sell: async () => (await ask('POST', '/product', mug)).body.id as string }
}

test('a server dies at its crash point, the n-th time, before it answers, and what it has committed is there', async (t) => {
  const { server, ask, sell } = await opened(t)
  await server.start({ CRASH_AT: 'after-commit:create:2' })
  const productId = await sell()
  const order = (quantity: number) => ask('POST', '/order', { lines: [{ productId, quantity }] })
  t.is((await order(1)).status, 201)
  t.is((await order(2)).status, 'cut')
  t.is(await server.crashed(), 'SIGKILL')
  await server.start()
  t.is((await ask('GET', '/order')).body.items.length, 2)
  t.deepEqual(server.complaints, [])
})

test('what was written and not committed when a server died has not happened', async (t) => {
  const { server, ask, sell } = await opened(t)
  await server.start({ CRASH_AT: 'before-commit:create:1' })
  const productId = await sell()
  const order = () => ask('POST', '/order', { lines: [{ productId, quantity: 1 }] })
  t.is((await order()).status, 'cut')
  await server.start()
  t.deepEqual((await ask('GET', '/order')).body.items, [])
  t.is((await order()).status, 201)
})

test('a server that stands still at its crash point goes on when it is told to', async (t) => {
  const { server, ask, sell } = await opened(t)
  await server.start({ CRASH_AT: 'after-charge:1:stop' })
  const productId = await sell()
  const order = await ask('POST', '/order', { lines: [{ productId, quantity: 1 }] })
  const paying = ask('POST', '/payment', { orderId: order.body.id })
  t.is(await server.crashed(), 'SIGSTOP')
  await server.wake()
  t.is((await paying).status, 201)
})

test('a wrong CRASH_AT ends the start with 78 and the points that there are', async (t) => {
  const { holdfast } = workplace(t)
  const { code, stderr } = await holdfast(['serve'], { CRASH_AT: 'before-lunch:1' })
  t.is(code, 78)
  t.regex(stderr, /CRASH_AT must be .*before-writes:create.*after-refund/)
})
