import { randomUUID } from 'node:crypto'
import test from 'ava'
import { handClock, reconcileAll } from './one-service.ts'
import { type Answer, lines, place, sell, startService, type TestService } from './support.ts'

const isReplayed = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true'

type Ask = TestService['ask']

/** A service whose clock stands still, with an order of three mugs out of ten. */
const withOrder = async (...[t]: Parameters<typeof startService>) => {
  const clock = handClock()
  const api = await startService(t, { clock, delays: { slowMs: 3000, lateMs: 240_000 } })
  const mug = await sell(api, 10)
  const orderId = await place(api, mug, 3)
  const reconcile = () => reconcileAll(api, clock)
  return { clock, mug, orderId, reconcile, ...api }
}

const payWith = (ask: Ask, orderId: string, paymentMethod: string, path = '/payment') => {
  const key = randomUUID()
  return () => ask('POST', path, { orderId, paymentMethod }, { key })
}

/** How each method ends: after how long, with which answer, and what is left of ten mugs. */
const endings = [
  { method: 'fake_slow', afterMs: 3000, status: 201, stock: [7, 0], failure: undefined },
  {
    method: 'fake_timeout',
    afterMs: 180_000,
    status: 402,
    stock: [10, 0],
    failure: 'acknowledgement_timeout',
  },
  {
    method: 'fake_garbage',
    afterMs: 180_000,
    status: 402,
    stock: [10, 0],
    failure: 'acknowledgement_timeout',
  },
] as const

for (const { method, afterMs, status, stock, failure } of endings) {
  test(`The key of a ${method} payment answers 202 until it ends, and then ${status} for good.`, async (t) => {
    const { ask, clock, mug, orderId, reconcile } = await withOrder(t)
    const pay = payWith(ask, orderId, method)
    const first = await pay()
    t.is(first.status, 202, first.text)
    t.truthy(first.headers.get('retry-after'))
    const location = `/payment/${first.body.id}`
    clock.forward(afterMs - 1)
    const waiting = await pay()
    t.is(waiting.status, 202)
    t.false(isReplayed(waiting))
    t.deepEqual(waiting.body, first.body)
    t.is(waiting.headers.get('location'), location)

    clock.forward(1)
    await reconcile()
    const ended = await pay()
    const again = await pay()
    for (const answer of [ended, again]) {
      t.is(answer.status, status, answer.text)
      t.true(isReplayed(answer))
      t.is(answer.headers.get('location'), location)
      t.is((answer.body.payment ?? answer.body).id, first.body.id)
      t.is(answer.body.payment?.failure.code, failure)
    }
    t.is(again.text, ended.text)
    const { quantity, reserved } = (await ask('GET', `/product/${mug}`)).body
    t.deepEqual([quantity, reserved], [...stock])
    t.is((await ask('GET', `/order/${orderId}`)).body.payments.length, 1)
  })
}

test('A repeated key asks the gateway, which took the money though its answer was lost, and so ends the payment.', async (t) => {
  const { ask, mug, orderId } = await withOrder(t)
  const pay = payWith(ask, orderId, 'fake_ack_lost')
  const first = await pay()
  t.is(first.status, 202)
  const [ended, again] = [await pay(), await pay()]
  for (const answer of [ended, again]) {
    t.deepEqual([answer.status, answer.body.id, answer.text], [201, first.body.id, ended.text])
    t.true(isReplayed(answer))
  }
  t.is((await ask('GET', `/product/${mug}`)).body.quantity, 7)
})

test('A 202 says when the gateway is asked next.', async (t) => {
  const { ask, clock, orderId, reconcile } = await withOrder(t)
  const pay = payWith(ask, orderId, 'fake_timeout')
  t.is((await pay()).headers.get('retry-after'), '2')
  clock.forward(30_000)
  await reconcile()
  t.is((await pay()).headers.get('retry-after'), '30')
})

test('The key of a payment that is tried again waits for that attempt.', async (t) => {
  const { ask, clock, orderId, reconcile } = await withOrder(t)
  const declined = payWith(ask, orderId, 'fake_decline')
  const first = await declined()
  t.is(first.status, 402)
  const retry = payWith(ask, orderId, 'fake_slow', '/retrypayment')
  const waiting = await retry()
  t.deepEqual([waiting.status, (await retry()).status], [202, 202])
  clock.forward(3000)
  await reconcile()
  const ended = await retry()
  t.deepEqual([ended.status, ended.body.id, ended.body.state], [201, waiting.body.id, 'SUCCEEDED'])
  t.true(isReplayed(ended))
  t.is((await declined()).text, first.text)
})

test('Another key that met the payment under way gets its end as well.', async (t) => {
  const { ask, clock, orderId, reconcile } = await withOrder(t)
  const first = payWith(ask, orderId, 'fake_slow')
  const second = payWith(ask, orderId, 'fake_approve')
  t.is((await first()).body.id, (await second()).body.id)
  clock.forward(3000)
  await reconcile()
  const [one, other] = [await first(), await second()]
  t.deepEqual([one.status, one.text, isReplayed(other)], [201, other.text, true])
})

test('The key of a payment that an edit has fenced answers 402 with that failure.', async (t) => {
  const { ask, mug, orderId } = await withOrder(t)
  const pay = payWith(ask, orderId, 'fake_slow')
  t.is((await pay()).status, 202)
  t.is((await ask('PUT', `/order/${orderId}`, lines(mug, 5))).status, 200)
  const ended = await pay()
  t.deepEqual([ended.status, ended.body.payment.failure.code], [402, 'superseded'])
  t.true(isReplayed(ended))
})

test('A key is kept for a day, and then it is free.', async (t) => {
  const { ask, clock, mug, service } = await withOrder(t)
  const key = randomUUID()
  const order = () => ask('POST', '/order', { ...lines(mug), allowDuplicate: true }, { key })
  const first = await order()
  clock.forward(86_400_000)
  await service.useCases.forgetKeys()
  t.true(isReplayed(await order()))
  clock.forward(1)
  await service.useCases.forgetKeys()
  const second = await order()
  t.false(isReplayed(second))
  t.not(second.body.id, first.body.id)
})

test('The key of a payment under way is never forgotten.', async (t) => {
  const { ask, clock, orderId, reconcile, service } = await withOrder(t)
  const pay = payWith(ask, orderId, 'fake_slow')
  const first = await pay()
  clock.forward(100 * 86_400_000)
  const forgotten = service.useCases.forgetKeys()
  clock.forward(-100 * 86_400_000) // Before the service's own reconciler can notice.
  t.is(await forgotten, 0)
  const waiting = await pay()
  t.deepEqual([waiting.status, waiting.body.id], [202, first.body.id])
  clock.forward(3000)
  await reconcile()
  const ended = await pay()
  t.deepEqual([ended.status, ended.body.id, isReplayed(ended)], [201, first.body.id, true])
})
