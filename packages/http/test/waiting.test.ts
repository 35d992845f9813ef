import test from 'ava'
import { handTimers } from './hand-timers.ts'
import { handClock, reconcileAll } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { openPlace, place, sell, startServiceIn } from './support.ts'
import {
  appliedOf,
  declined,
  pending,
  preferring,
  start,
  statesOf,
  untilWaiting,
} from './waiting-support.ts'

test('All who wait are answered once this process has written the end, without another look.', async (t) => {
  const api = await start(t)
  const { orderId, paymentId } = await pending(api)
  const retried = await declined(api)
  const first = await place(api, await sell(api, 10), 2)
  const lost = (id: string) => ({ orderId: id, paymentMethod: 'fake_ack_lost' })
  const waiting = [
    api.ask('GET', `/payment/${paymentId}`, undefined, preferring(10)),
    api.ask('GET', `/order/${orderId}`, undefined, preferring(31)),
    api.ask('POST', '/payment', lost(first), preferring(30)),
    api.ask('POST', '/retrypayment', lost(retried), preferring(30)),
  ]
  await untilWaiting(api, 4)
  await reconcileAll(api, api.clock)
  t.deepEqual(statesOf(await Promise.all(waiting)), [
    [200, 'SUCCEEDED', 'wait=10'],
    [200, 'PAYMENT_DONE', 'wait=30'],
    [201, 'SUCCEEDED', 'wait=30'],
    [201, 'SUCCEEDED', 'wait=30'],
  ])
  await untilWaiting(api, 0)
})

test('Whoever has waited for their time gets the state as it stands.', async (t) => {
  const api = await start(t)
  const { orderId, paymentId } = await pending(api)
  const other = await place(api, await sell(api, 10), 2)
  const waiting = [
    api.ask('GET', `/payment/${paymentId}`, undefined, preferring(10)),
    api.ask('GET', `/order/${orderId}`, undefined, preferring(10)),
    api.ask('POST', '/payment', { orderId: other, paymentMethod: 'fake_timeout' }, preferring(10)),
  ]
  await untilWaiting(api, 3)
  api.timers.forward(9999)
  await untilWaiting(api, 3)
  api.timers.forward(1)
  const answers = await Promise.all(waiting)
  t.deepEqual(statesOf(answers), [
    [200, 'PENDING', 'wait=10'],
    [200, 'PAYMENT_IN_PROGRESS', 'wait=10'],
    [202, 'PENDING', 'wait=10'],
  ])
  t.truthy(answers[2]?.headers.get('retry-after'))
})

test('What another process has written on the same database is seen within a twentieth of a second.', async (t) => {
  const [clock, timers] = [handClock(), handTimers()]
  const shared = await openPlace()
  const one = await startServiceIn(shared, { clock, timers })
  const other = await startServiceIn(shared, { clock })
  t.teardown(async () => {
    await one.service.stop()
    await other.service.stop()
    await shared.remove()
  })
  const { orderId, paymentId } = await pending(one)
  const waiting = [
    one.ask('GET', `/payment/${paymentId}`, undefined, preferring(30)),
    one.ask('GET', `/order/${orderId}`, undefined, preferring(30)),
  ]
  await untilWaiting(one, 2)
  await reconcileAll(other, clock)
  t.is((await one.ask('GET', `/payment/${paymentId}`)).body.state, 'SUCCEEDED')
  await untilWaiting(one, 2)
  timers.forward(50)
  t.deepEqual(statesOf(await Promise.all(waiting)), [
    [200, 'SUCCEEDED', 'wait=30'],
    [200, 'PAYMENT_DONE', 'wait=30'],
  ])
})

test('Where nothing is pending the answer comes at once, and says that the preference was honoured.', async (t) => {
  const api = await start(t)
  const orderId = await place(api, await sell(api, 10))
  const order = await api.ask('GET', `/order/${orderId}`, undefined, preferring(30))
  const paid = await api.ask('POST', '/payment', { orderId }, preferring(30))
  const read = await api.ask('GET', `/payment/${paid.body.id}`, undefined, preferring(30))
  t.deepEqual(statesOf([order, paid, read]), [
    [200, 'CREATED', 'wait=30'],
    [201, 'SUCCEEDED', 'wait=30'],
    [200, 'SUCCEEDED', 'wait=30'],
  ])
  const refused = await api.ask(
    'POST',
    '/payment',
    { orderId: await declined(api) },
    preferring(30),
  )
  t.deepEqual([refused.status, appliedOf(refused)], [409, null])
})

test('Without a preference that can be read nobody waits, and nothing is said of it.', async (t) => {
  const api = await start(t)
  const { paymentId } = await pending(api)
  for (const headers of [{}, { Prefer: 'wait=soon' }, { Prefer: 'respond-async' }]) {
    const answer = await api.ask('GET', `/payment/${paymentId}`, undefined, { headers })
    t.deepEqual(statesOf([answer]), [[200, 'PENDING', null]])
  }
  const now = await api.ask('GET', `/payment/${paymentId}`, undefined, preferring(0))
  t.deepEqual(statesOf([now]), [[200, 'PENDING', 'wait=0']])
})

test('An attempt that failed while its customer waited is answered as a failure, and no other is begun.', async (t) => {
  const api = await start(t)
  const orderId = await declined(api)
  const body = { orderId, paymentMethod: 'fake_timeout' }
  const waiting = api.ask('POST', '/retrypayment', body, preferring(30))
  await untilWaiting(api, 1)
  api.clock.forward(180_000)
  await reconcileAll(api, api.clock)
  const answer = await waiting
  isProblem(t, answer, { code: 'payment_timed_out', path: '/retrypayment' })
  t.is(appliedOf(answer), 'wait=30')
  t.is(answer.headers.get('location'), `/payment/${answer.body.payment.id}`)
  t.is((await api.ask('GET', `/order/${orderId}`)).body.payments.length, 2)
})

test('Under a key, whoever waited gets the answer that the key keeps; only a repeat is a replay.', async (t) => {
  const api = await start(t)
  const orderId = await place(api, await sell(api, 10))
  const body = { orderId, paymentMethod: 'fake_timeout' }
  const pay = () => api.ask('POST', '/payment', body, preferring(30, { key: 'k' }))
  const first = pay()
  await untilWaiting(api, 1)
  const second = pay()
  await untilWaiting(api, 2)
  api.clock.forward(180_000)
  await reconcileAll(api, api.clock)
  const answers = [await first, await second, await pay()]
  t.is(new Set(answers.map(({ text }) => text)).size, 1)
  t.deepEqual(
    answers.map(({ status, headers }) => [status, headers.get('idempotent-replayed')]),
    [
      [402, null],
      [402, 'true'],
      [402, 'true'],
    ],
  )
})

test('If-None-Match holds after the wait: 304 where nothing has changed, else the order.', async (t) => {
  const api = await start(t)
  const { orderId } = await pending(api)
  const etag = (await api.ask('GET', `/order/${orderId}`)).headers.get('etag') ?? ''
  const read = () =>
    api.ask(
      'GET',
      `/order/${orderId}`,
      undefined,
      preferring(5, { headers: { 'If-None-Match': etag } }),
    )
  const same = read()
  await untilWaiting(api, 1)
  api.timers.forward(5000)
  t.deepEqual([(await same).status, appliedOf(await same)], [304, 'wait=5'])
  const changed = read()
  await untilWaiting(api, 1)
  await reconcileAll(api, api.clock)
  t.deepEqual(statesOf([await changed]), [[200, 'PAYMENT_DONE', 'wait=5']])
})
