import test from 'ava'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const { ask } = api

test.after.always(api.stop)

const declined = { paymentMethod: 'fake_decline' }
const slow = { paymentMethod: 'fake_slow' }

/** Every write to an order beside its edit, and an order that suits it, at the version that is given. */
const writes = [
  [
    'POST /order/cancelorder/{id}',
    1,
    async (id: string) => [`/order/cancelorder/${id}`, undefined],
  ],
  ['POST /payment', 1, async (id: string) => ['/payment', { orderId: id }]],
  [
    'POST /retrypayment',
    3,
    async (id: string) => {
      await ask('POST', '/payment', { orderId: id, ...declined })
      return ['/retrypayment', { orderId: id }]
    },
  ],
] as const

for (const [name, version, prepare] of writes) {
  test(`${name} is refused for a version that the order no longer has: 412, and nothing changes.`, async (t) => {
    const id = await place(api, await sell(api, 10))
    const [path, body] = (await prepare(id)) as [string, object | undefined]
    const before = await ask('GET', `/order/${id}`)
    for (const ifMatch of ['"7"', 'W/"1"', `"${version - 1}"`]) {
      const answer = await ask('POST', path, body, { headers: { 'If-Match': ifMatch } })
      isProblem(t, answer, { code: 'version_mismatch', path })
      t.deepEqual(answer.body.order, before.body)
    }
    t.is((await ask('POST', path, body, { headers: { 'If-Match': 'x' } })).status, 400)
    t.is((await ask('GET', `/order/${id}`)).text, before.text)
    const tag = before.headers.get('etag') ?? ''
    t.true((await ask('POST', path, body, { headers: { 'If-Match': tag } })).status < 300)
  })
}

test('An order that failed is tried again with other lines, of the version that was seen.', async (t) => {
  const mug = await sell(api, 3)
  const failed = (await ask('POST', '/order', lines(mug, 5))).body.order
  const path = `/order/retryorder/${failed.id}`
  const retry = (ifMatch: string) =>
    ask('POST', path, lines(mug, 3), { headers: { 'If-Match': ifMatch } })
  isProblem(t, await retry('"2"'), { code: 'version_mismatch', path })
  const retried = await retry('"1"')
  t.is(retried.status, 200)
  t.like(retried.body, { state: 'CREATED', lines: [{ quantity: 3 }] })
})

test('Cancelling again with the If-Match of the first time answers the same.', async (t) => {
  const id = await place(api, await sell(api, 10))
  const cancel = () =>
    ask(
      'POST',
      `/order/cancelorder/${id}`,
      { reason: 'By mistake' },
      { headers: { 'If-Match': '"1"' } },
    )
  const first = await cancel()
  t.is(first.status, 200)
  t.is(first.body.history.at(-1).reason, 'By mistake')
  t.is((await cancel()).text, first.text)
})

test('Paying again with the If-Match of the first time gives the payment under way.', async (t) => {
  const orderId = await place(api, await sell(api, 10))
  const pay = () =>
    ask('POST', '/payment', { orderId, ...slow }, { headers: { 'If-Match': '"1"' } })
  const first = await pay()
  const second = await pay()
  t.deepEqual([first.status, second.status], [202, 202])
  t.is(second.body.id, first.body.id)
})

test('A payment under way is superseded by one for other lines in one request.', async (t) => {
  const mug = await sell(api, 10)
  const orderId = await place(api, mug)
  const { body: first } = await ask('POST', '/payment', { orderId, ...slow })
  const answer = await ask('POST', '/retrypayment', { orderId, ...lines(mug, 3) })
  t.is(answer.status, 201)
  const { body: order } = await ask('GET', `/order/${orderId}`)
  t.is(order.state, 'PAYMENT_DONE')
  t.like(order.payments, [
    { id: first.id, state: 'FAILED', failure: { code: 'superseded' } },
    { id: answer.body.id, state: 'SUCCEEDED' },
  ])
  t.deepEqual(
    order.history.map(({ action }: { action: string }) => action),
    ['create', 'startPayment', 'paymentFailed', 'modify', 'retryPayment', 'paymentSucceeded'],
  )
  t.like((await ask('GET', `/product/${mug}`)).body, { quantity: 7, reserved: 0 })
  const short = await ask('POST', '/retrypayment', { orderId, ...lines(mug, 99) })
  t.is(short.body.code, 'order_already_paid')
})

test('Lines that are short are refused with them, and the order is as it was.', async (t) => {
  const mug = await sell(api, 10)
  const orderId = await place(api, mug)
  await ask('POST', '/payment', { orderId, ...declined })
  const before = await ask('GET', `/order/${orderId}`)
  const answer = await ask('POST', '/retrypayment', { orderId, ...lines(mug, 11) })
  isProblem(t, answer, { code: 'insufficient_stock', path: '/retrypayment' })
  t.like(answer.body.lines, [{ requested: 11, available: 10 }])
  t.is((await ask('GET', `/order/${orderId}`)).text, before.text)
})
