import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { mutedGateway } from './examples/faults.ts'
import { handClock, startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const { ask } = api

const tagOf = ({ headers }: Awaited<ReturnType<typeof ask>>): string => headers.get('etag') ?? ''
const readIf = (path: string, ifNoneMatch: string, more = {}) =>
  ask('GET', path, undefined, { headers: { 'If-None-Match': ifNoneMatch, ...more } })

/** An order of ann's for one of ten mugs. */
const anOrder = async () => {
  const mug = await sell(api, 10)
  return { mug, path: `/order/${await place(api, mug)}` }
}

test('What one has already is answered with 304, and nothing but its tag.', async (t) => {
  const { path, mug } = await anOrder()
  for (const each of [path, `/product/${mug}`]) {
    const tag = tagOf(await ask('GET', each))
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const answer = await readIf(each, known)
      t.deepEqual([answer.status, answer.text], [304, ''], known)
      t.is(answer.headers.get('content-type'), null)
      t.is(answer.headers.get('cache-control'), 'no-store')
    }
    t.is(tagOf(await readIf(each, tag)), tag)
  }
})

test('A tag that is not the whole tag is answered with the body.', async (t) => {
  const { path } = await anOrder()
  const tag = tagOf(await ask('GET', path))
  const others = ['"1"', '"1-0123456789"', tag.replace('"1', '"2'), '"x"', 'x', '']
  for (const other of others) t.is((await readIf(path, other)).status, 200, other)
})

test('A body that changes under one version gets another tag.', async (t) => {
  const { mug } = await anOrder()
  const before = await ask('GET', `/product/${mug}`)
  await place(api, mug, 2)
  const after = await readIf(`/product/${mug}`, tagOf(before))
  t.deepEqual([after.status, after.body.reserved, after.body.version], [200, 3, 1])
  t.not(tagOf(after), tagOf(before))
})

test('What happens to a payment changes the tag of its order, also where it is no new version.', async (t) => {
  const clock = handClock()
  const gateway = mutedGateway()
  const shop = await startOneService({ clock, gateway })
  t.teardown(shop.stop)
  const orderId = await place(shop, await sell(shop, 10))
  await shop.ask('POST', '/payment', { orderId })
  const read = () => shop.ask('GET', `/order/${orderId}`)
  const pending = await read()
  clock.forward(180_000)
  await shop.service.useCases.reconcilePayments({ all: true })
  while (!(await read()).body.payments[0].overdue) await setImmediate() // The service asks as well.
  const overdue = await read()
  t.is(overdue.body.version, pending.body.version)
  t.not(tagOf(overdue), tagOf(pending))
  t.is(tagOf(await read()), tagOf(overdue))
})

test('HEAD tells the tag, and heeds it.', async (t) => {
  const { path } = await anOrder()
  const tag = tagOf(await ask('GET', path))
  const head = (headers = {}) =>
    fetch(api.service.url + path, { method: 'HEAD', headers: { 'X-User-Id': 'ann', ...headers } })
  const plain = await head()
  t.deepEqual([plain.status, plain.headers.get('etag')], [200, tag])
  t.is((await head({ 'If-None-Match': tag })).status, 304)
})

test('A write is done whatever If-None-Match says.', async (t) => {
  const { path, mug } = await anOrder()
  const headers = { 'If-None-Match': '*' }
  t.is((await ask('PUT', path, lines(mug, 2), { headers })).body.version, 2)
})

test('Another user learns nothing by a tag.', async (t) => {
  const { path } = await anOrder()
  const headers = { 'If-None-Match': tagOf(await ask('GET', path)) }
  const answer = await ask('GET', path, undefined, { user: 'bob', headers })
  isProblem(t, answer, { code: 'order_not_found', path })
})

test('Every answer that is a product carries its tag, and If-Match goes by its version.', async (t) => {
  const { mug } = await anOrder()
  const path = `/product/${mug}`
  const change = (name: string, ifMatch: string) =>
    ask('PUT', path, { name }, { admin: true, headers: { 'If-Match': ifMatch } })
  const seen = await ask('GET', path)
  t.regex(tagOf(seen), /^"1-[0-9a-f]{10}"$/)
  await place(api, mug, 2) // Reservations change the tag, but not the version.
  const changed = await change('X', tagOf(seen))
  t.deepEqual([changed.status, changed.body.version], [200, 2])
  t.is(tagOf(changed), tagOf(await ask('GET', path)))
  for (const stale of [tagOf(seen), '"1"', 'W/"2"', '"x"']) {
    const answer = await change('Y', stale)
    isProblem(t, answer, { code: 'version_mismatch', path })
    t.deepEqual(answer.body.product, changed.body)
  }
  t.is((await change('Y', '"2"')).status, 200)
  t.is((await change('Z', '*')).status, 200)
  isProblem(t, await change('Z', 'x'), { code: 'malformed_request', path, at: ['If-Match'] })
})

test('A weak tag is refused with a hint at what has made it weak.', async (t) => {
  const { path, mug } = await anOrder()
  const headers = { 'If-Match': 'W/"1"' }
  const answer = await ask('PUT', path, lines(mug, 2), { headers })
  isProblem(t, answer, { code: 'version_mismatch', path })
  t.regex(answer.body.detail, /weak tag, W\/"…", as a proxy that compresses makes it/)
})

// nginx sends a PUT again when it has lost the answer.
test('An edit that is sent again with its If-Match is answered as the first, byte for byte.', async (t) => {
  const { path, mug } = await anOrder()
  const headers = { 'If-Match': tagOf(await ask('GET', path)) }
  const edit = (quantity: number) => ask('PUT', path, lines(mug, quantity), { headers })
  const first = await edit(3)
  const again = await edit(3)
  t.deepEqual([again.status, again.text, tagOf(again)], [200, first.text, tagOf(first)])
  isProblem(t, await edit(4), { code: 'version_mismatch', path })
})

test('A product’s change that is sent again with its If-Match adds its goods once.', async (t) => {
  const { mug } = await anOrder()
  const path = `/product/${mug}`
  const more = (quantityDelta: number) =>
    ask('PUT', path, { quantityDelta }, { admin: true, headers: { 'If-Match': '"1"' } })
  const first = await more(5)
  const again = await more(5)
  t.deepEqual([again.status, again.text], [200, first.text])
  t.is((await ask('GET', path)).body.quantity, 15)
  isProblem(t, await more(6), { code: 'version_mismatch', path })
})

test('Of one edit that comes many times at once all are answered alike.', async (t) => {
  const { path, mug } = await anOrder()
  const request = {
    ...{ method: 'PUT', path, body: JSON.stringify(lines(mug, 3)) },
    more: ['If-Match: "1"'],
  }
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => sendRaw(api.service.url, request)),
  )
  t.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  t.is(new Set(answers.map(({ text }) => text)).size, 1)
  t.is((await ask('GET', path)).body.version, 2)
})

test.after.always(api.stop)
