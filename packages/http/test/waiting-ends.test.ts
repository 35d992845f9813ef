import test from 'ava'
import { reconcileAll } from './one-service.ts'
import { metricsOf } from './operation/read-metrics.ts'
import { sendRaw } from './raw-socket.ts'
import { pending, preferring, start, statesOf, untilWaiting } from './waiting-support.ts'

test('A user’s hundred and first request is answered at once, and does not say that it waited.', async (t) => {
  const api = await start(t)
  const { paymentId } = await pending(api)
  const read = () => api.ask('GET', `/payment/${paymentId}`, undefined, preferring(30))
  const waiting = Array.from({ length: 100 }, read)
  await untilWaiting(api, 100)
  t.deepEqual(statesOf([await read()]), [[200, 'PENDING', null]])
  await reconcileAll(api, api.clock)
  const answers = await Promise.all(waiting)
  t.true(answers.every(({ body }) => body.state === 'SUCCEEDED'))
})

test('A client that leaves waits no longer; its line in the log says how long it did.', async (t) => {
  const api = await start(t)
  const { paymentId } = await pending(api)
  const leaver = new AbortController()
  const left = fetch(`${api.service.url}/payment/${paymentId}`, {
    headers: { 'X-User-Id': 'ann', 'X-Request-Id': 'left', Prefer: 'wait=30' },
    signal: leaver.signal,
  })
  await untilWaiting(api, 1)
  leaver.abort()
  await t.throwsAsync(left)
  const line = await api.logged('left')
  t.like(line, { status: 499, route: '/payment/{paymentId}' })
  t.true(line.waitedMs > 0 && line.waitedMs <= line.durationMs)
  await untilWaiting(api, 0)
})

test('What was waited is in the log, and not in the times by which the service is judged.', async (t) => {
  const api = await start(t)
  const { paymentId } = await pending(api)
  const read = api.ask('GET', `/payment/${paymentId}`, undefined, preferring(30))
  await untilWaiting(api, 1)
  await reconcileAll(api, api.clock)
  const line = await api.logged((await read).headers.get('x-request-id'))
  t.true(line.waitedMs > 0 && line.waitedMs < line.durationMs)
  const sum =
    'holdfast_http_request_duration_seconds_sum{route="/payment/{paymentId}",method="GET"}'
  const own = (line.durationMs - line.waitedMs) / 1000
  t.true(Math.abs(((await metricsOf(api)).get(sum) ?? 0) - own) < 0.001)
})

test('A service that is told to stop answers all who wait with the state as it stands.', async (t) => {
  const api = await start(t, { SHUTDOWN_GRACE: '60s' })
  const { orderId, paymentId } = await pending(api)
  const wait = (path: string) =>
    sendRaw(api.service.url, {
      path,
      head: ['Host: localhost', 'X-User-Id: ann', 'Prefer: wait=30'],
    })
  const waiting = [wait(`/payment/${paymentId}`), wait(`/order/${orderId}`)]
  await untilWaiting(api, 2)
  const stopped = api.service.stop()
  t.deepEqual(statesOf(await Promise.all(waiting)), [
    [200, 'PENDING', null],
    [200, 'PAYMENT_IN_PROGRESS', null],
  ])
  t.is((await stopped)?.pendingPayments, 1)
})
