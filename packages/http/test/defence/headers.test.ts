import test from 'ava'
import { isProblem } from '../problem-checks.ts'
import { sendRaw } from '../raw-socket.ts'
import { startOneService } from '../support.ts'

const api = await startOneService()
const { url } = api.service
const fill = (count: number) => Array.from({ length: count }, (_, index) => `x${index}:`)

for (const count of [101, 500]) {
  test(`A request with ${count} headers is refused.`, async (t) => {
    const answer = await sendRaw(url, { path: '/product', more: fill(count) })
    isProblem(t, answer, { code: 'malformed_request', path: '/product' })
  })
}

test('A request with 2,000 headers is refused before it is one.', async (t) => {
  t.is((await sendRaw(url, { path: '/product', more: fill(2000) })).status, 431)
})

test('A request with ninety headers is served.', async (t) => {
  t.is((await sendRaw(url, { path: '/product', more: fill(90) })).status, 200)
})

test('An id that a request brings along is on its answer; one that is none is replaced.', async (t) => {
  const idFor = async (line: string) =>
    (await sendRaw(url, { path: '/healthz', more: [line] })).headers.get('x-request-id')
  t.is(
    await idFor('X-Request-Id: 0af7651916cd43dd8448eb211c80319c'),
    '0af7651916cd43dd8448eb211c80319c',
  )
  for (const bad of ['a b', '"x"', 'x'.repeat(129), '<script>', '{"level":60}', 'a, b']) {
    t.regex((await idFor(`X-Request-Id: ${bad}`)) ?? '', /^[0-9a-f-]{36}$/, bad)
  }
  t.not(await idFor('X-Nothing: 1'), await idFor('X-Nothing: 1'))
})

test.after.always(api.stop)
