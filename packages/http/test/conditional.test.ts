import test from 'ava'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const { ask } = api

/** An order of ann's for one mug, at version 1, and how to modify it under a condition. */
const anOrder = async () => {
  const mug = await sell(api, 10)
  const path = `/order/${await place(api, mug)}`
  const modify = (ifMatch: string, quantity = 2) =>
    ask('PUT', path, lines(mug, quantity), { headers: { 'If-Match': ifMatch } })
  return { mug, path, modify }
}

test('Every answer that is an order carries its version in its ETag.', async (t) => {
  const mug = await sell(api, 10)
  const created = await ask('POST', '/order', lines(mug))
  const path = `/order/${created.body.id}`
  const modified = await ask('PUT', path, lines(mug, 2))
  const cancelled = await ask('POST', `/order/cancelorder/${created.body.id}`)
  const short = await ask('POST', '/order', lines(mug, 11))
  const tried = `/order/retryorder/${short.body.order.id}`
  const shortAgain = await ask('POST', tried)
  await ask('PUT', `/product/${mug}`, { quantity: 11 }, { admin: true })
  const retried = await ask('POST', tried)
  const answers = [created, modified, cancelled, short, shortAgain, retried]
  const versions = answers.map(({ body }) => (body.order ?? body).version)
  t.deepEqual(versions, [1, 2, 3, 1, 2, 3])
  t.deepEqual(
    answers.map(({ headers }) => headers.get('etag')?.replace(/-[0-9a-f]{10}"$/, '"')),
    versions.map((version) => `"${version}"`),
  )
  const read = await ask('GET', path)
  t.deepEqual([read.headers.get('etag'), read.body.version], [cancelled.headers.get('etag'), 3])
})

for (const ifMatch of [
  '"1"',
  '"1-0123456789"',
  '"1-0123456789-gzip"',
  '*',
  '"7", "1"',
  '"1","2"',
  'W/"1", "1"',
  '"x", "1"',
]) {
  test(`If-Match: ${ifMatch} lets an order of version 1 be modified.`, async (t) => {
    const { modify } = await anOrder()
    const answer = await modify(ifMatch)
    t.deepEqual([answer.status, answer.body.version], [200, 2])
  })
}

test('An order is modified without If-Match whatever its version is.', async (t) => {
  const { path, mug } = await anOrder()
  t.is((await ask('PUT', path, lines(mug, 2))).status, 200)
  t.is((await ask('PUT', path, lines(mug, 3))).body.version, 3)
})

test('If-Match in several headers is one list.', async (t) => {
  const { path, mug } = await anOrder()
  const body = JSON.stringify(lines(mug, 2))
  const more = ['If-Match: "7"', 'If-Match: "1"']
  const answer = await sendRaw(api.service.url, { method: 'PUT', path, body, more })
  t.is(answer.status, 200)
})

const mismatches = [
  '"2"',
  '"0"',
  '"7", "8"',
  'W/"1"',
  'W/"1", W/"2"',
  '""',
  '"v1"',
  '"1.0"',
  '"-1"',
  '"1-"',
  '"1-012345678"',
  '"1-0123456789-br"',
  '"2-0123456789"',
  'W/"1-0123456789"',
]
const longTags = [`"1${'0'.repeat(20)}"`, `"${'1'.repeat(1000)}"`]

for (const ifMatch of [...mismatches, ...longTags]) {
  test(`If-Match: ${ifMatch.slice(0, 30)} does not match version 1: 412.`, async (t) => {
    const { path, mug, modify } = await anOrder()
    const before = await ask('GET', path)
    const answer = await modify(ifMatch)
    isProblem(t, answer, { code: 'version_mismatch', path })
    t.deepEqual(answer.body.order, before.body)
    t.is((await ask('GET', path)).text, before.text)
    t.is((await ask('GET', `/product/${mug}`)).body.reserved, 1)
  })
}

// Entity tags are compared character by character (RFC 9110, 8.8.3.2).
for (const ifMatch of ['"01"', '"000000000000001"']) {
  test(`If-Match: ${ifMatch} does not match "1": 412.`, async (t) => {
    const { modify } = await anOrder()
    t.is((await modify(ifMatch)).status, 412)
  })
}

const nonsense = ['', '1', 'abc', '"1', '1"', "'1'", '"1" "2"', '"1",', ',"1"', '"1", *', 'w/"1"']
const stranger = ['W/1', 'W/ "1"', '"1";q=1', '**', '"a b"', '"1"x']

for (const ifMatch of [...nonsense, ...stranger]) {
  test(`If-Match: ${ifMatch || '(nothing)'} is no entity tag: 400, and nothing changes.`, async (t) => {
    const { path, modify } = await anOrder()
    const answer = await modify(ifMatch)
    isProblem(t, answer, { code: 'malformed_request', path, at: ['If-Match'] })
    t.is((await ask('GET', path)).body.version, 1)
  })
}

// A comma may stand within a tag (RFC 9110, 8.8.3).
test('If-Match with a tag that holds a comma does not match: 412.', async (t) => {
  const { modify } = await anOrder()
  t.is((await modify('"1,2"')).status, 412)
})

test('Of two edits of the same version one wins, and the other is refused.', async (t) => {
  const { path, modify } = await anOrder()
  const answers = await Promise.all([2, 3, 4, 5].map((quantity) => modify('"1"', quantity)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412])
  t.is((await ask('GET', path)).body.version, 2)
})

test('An edit with the ETag of the answer before it is accepted, time and again.', async (t) => {
  const { modify } = await anOrder()
  let etag = '"1"'
  for (const quantity of [2, 3, 4]) {
    const answer = await modify(etag, quantity)
    t.is(answer.status, 200)
    etag = answer.headers.get('etag') ?? ''
  }
  t.regex(etag, /^"4-/)
})

test('A payment changes the version, so that an edit that did not see it is refused.', async (t) => {
  const { path, modify } = await anOrder()
  const orderId = path.slice('/order/'.length)
  await ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  isProblem(t, await modify('"1"'), { code: 'version_mismatch', path })
  t.is((await modify('"3"')).status, 200)
})

test('An edit that did not see the payment under way does not fence it.', async (t) => {
  const { path, modify } = await anOrder()
  const orderId = path.slice('/order/'.length)
  await ask('POST', '/payment', { orderId, paymentMethod: 'fake_slow' })
  isProblem(t, await modify('"1"'), { code: 'version_mismatch', path })
  t.is((await ask('GET', path)).body.state, 'PAYMENT_IN_PROGRESS')
})

test('An order that does not exist is not found, whatever If-Match says.', async (t) => {
  const path = `/order/ord_${'0'.repeat(32)}`
  for (const ifMatch of ['"1"', '"1-0123456789"', '"1-0123456789-gzip"', '*', 'W/"1"']) {
    const answer = await ask('PUT', path, lines('x'), { headers: { 'If-Match': ifMatch } })
    isProblem(t, answer, { code: 'order_not_found', path })
  }
})

test.after.always(api.stop)
