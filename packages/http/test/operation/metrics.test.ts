import { StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test from 'ava'
import { handClock } from '../one-service.ts'
import { sendRaw } from '../raw-socket.ts'
import { lines, place, sell, startService } from '../support.ts'
import { has, metricsOf } from './read-metrics.ts'

test('Requests are counted and timed by the pattern of their route, problems by their code.', async (t) => {
  const service = await startService(t)
  const mug = await sell(service, 10)
  const order = await place(service, mug)
  for (const id of [order, 'x', 'y']) await service.ask('GET', `/order/${id}`)
  for (const path of ['/a', '/b']) await service.ask('GET', path)
  await sendRaw(service.service.url, { method: 'PROPFIND', path: '/order' })
  await sendRaw(service.service.url, { method: 'ha', path: '/order' })
  const metrics = await metricsOf(service)
  has(t, metrics, {
    'holdfast_http_requests_total{route="/order/{id}",method="GET",status="200"}': 1,
    'holdfast_http_requests_total{route="/order/{id}",method="GET",status="404"}': 2,
    'holdfast_http_requests_total{route="none",method="any",status="404"}': 2,
    'holdfast_http_requests_total{route="none",method="any",status="405"}': 1,
    'holdfast_http_request_duration_seconds_count{route="/order/{id}",method="GET"}': 3,
    'holdfast_http_problems_total{code="order_not_found"}': 2,
    'holdfast_http_unreadable_requests_total{status="400"}': 1,
    'holdfast_http_requests_in_flight{doing="working"}': 0,
  })
})

test('Orders are counted by state and by move, payments by outcome.', async (t) => {
  const clock = handClock()
  const service = await startService(t, { clock })
  const mug = await sell(service, 100)
  const pay = async (orderId: string, paymentMethod: string) =>
    (await service.ask('POST', '/payment', { orderId, paymentMethod })).status
  const [paid, declined, silent] = [
    await place(service, mug, 1),
    await place(service, mug, 2),
    await place(service, mug, 3),
  ]
  await place(service, mug, 4)
  await service.ask('POST', '/order', lines(mug, 1000))
  t.is(await pay(paid, 'fake_approve'), 201)
  t.is(await pay(declined, 'fake_decline'), 402)
  t.is(await pay(silent, 'fake_timeout'), 202)
  const metrics = await metricsOf(service)
  const move = (labels: string) => `holdfast_order_transitions_total{${labels}}`
  has(t, metrics, {
    'holdfast_orders{state="CREATED"}': 1,
    'holdfast_orders{state="ORDER_FAILED"}': 1,
    'holdfast_orders{state="PAYMENT_IN_PROGRESS"}': 1,
    'holdfast_orders{state="PAYMENT_DONE"}': 1,
    'holdfast_orders{state="PAYMENT_FAILED"}': 1,
    'holdfast_orders{state="ORDER_CANCELLED"}': 0,
    [move('from="none",action="create",to="CREATED"')]: 4,
    [move('from="none",action="create",to="ORDER_FAILED"')]: 1,
    [move('from="CREATED",action="startPayment",to="PAYMENT_IN_PROGRESS"')]: 3,
    [move('from="PAYMENT_IN_PROGRESS",action="paymentSucceeded",to="PAYMENT_DONE"')]: 1,
    [move('from="PAYMENT_IN_PROGRESS",action="paymentFailed",to="PAYMENT_FAILED"')]: 1,
    holdfast_payment_attempts_total: 3,
    'holdfast_payments_total{outcome="captured"}': 1,
    'holdfast_payments_total{outcome="declined"}': 1,
    holdfast_payments_pending: 1,
    holdfast_payments_overdue: 0,
    holdfast_refunds_owed: 0,
    'holdfast_gateway_call_duration_seconds_count{call="charge",outcome="unknown"}': 1,
    'holdfast_gateway_call_duration_seconds_count{call="charge",outcome="captured"}': 1,
    holdfast_gateway_available: 1,
    holdfast_store_up: 1,
  })
})

test('A payment whose check is due and does not come is the reconciler’s lag.', async (t) => {
  const clock = handClock()
  const memory = createMemoryStore()
  const store = { ...memory, leasePayments: () => Promise.reject(new StoreUnavailable('busy')) }
  const service = await startService(t, { clock, store })
  const orderId = await place(service, await sell(service, 1))
  await service.ask('POST', '/payment', { orderId, paymentMethod: 'fake_timeout' })
  has(t, await metricsOf(service), { holdfast_reconciler_lag_seconds: 0 })
  clock.forward(62_000)
  has(t, await metricsOf(service), { holdfast_reconciler_lag_seconds: 60 })
})

test('A count that stands for minutes does not let the reconciler’s lag grow.', async (t) => {
  const clock = handClock()
  const memory = createMemoryStore()
  const summary = async (now: number) => {
    clock.forward(2000) // So that it is not made again for 200 seconds.
    return { ...(await memory.summary(now)), oldestDueAt: now - 500 }
  }
  const service = await startService(t, { clock, store: { ...memory, summary } })
  has(t, await metricsOf(service), { holdfast_reconciler_lag_seconds: 0.5 })
  clock.forward(190_000)
  has(t, await metricsOf(service), { holdfast_reconciler_lag_seconds: 0.5 })
})

test('Whether the database answers does not hang on a count: neither on an old one nor on one that fails.', async (t) => {
  const clock = handClock()
  const memory = createMemoryStore()
  const is = { away: false, large: false }
  const store = {
    ...memory,
    ping: async () => {
      if (is.away) throw new StoreUnavailable('away')
    },
    summary: async (now: number) => {
      if (is.large) throw new StoreUnavailable('canceling statement due to statement timeout')
      return memory.summary(now)
    },
  }
  const service = await startService(t, { clock, store })
  has(t, await metricsOf(service), { holdfast_store_up: 1 })
  is.away = true
  has(t, await metricsOf(service), { holdfast_store_up: 0 })
  Object.assign(is, { away: false, large: true })
  clock.forward(60_000)
  has(t, await metricsOf(service), { holdfast_store_up: 1 })
})

test('Without the database the metrics say so, and give no old numbers.', async (t) => {
  const memory = createMemoryStore()
  let isAway = false
  const store = {
    ...memory,
    ping: async () => {
      if (isAway) throw new StoreUnavailable('away')
    },
    summary: async (now: number) => {
      if (isAway) throw new StoreUnavailable('away')
      return memory.summary(now)
    },
  }
  const clock = handClock()
  const service = await startService(t, { clock, store })
  has(t, await metricsOf(service), { holdfast_store_up: 1, holdfast_payments_pending: 0 })
  isAway = true
  clock.forward(3_600_000)
  const metrics = await metricsOf(service)
  has(t, metrics, { holdfast_store_up: 0 })
  for (const name of metrics.keys())
    t.notRegex(name, /^holdfast_(orders|payments_(pending|overdue)|refunds|reconciler)/)
  t.true(((await metricsOf(service)).get('holdfast_store_unavailable_total') ?? 0) >= 1)
})

test('Store operations are timed, and the process tells of its memory and event loop.', async (t) => {
  const service = await startService(t)
  await sell(service, 1)
  const metrics = await metricsOf(service)
  const seconds = 'holdfast_store_operation_duration_seconds_count'
  has(t, metrics, { [`${seconds}{operation="transaction"}`]: 1 })
  // What the service does of its own accord may be waiting just now, but not for ever.
  while ((await metricsOf(service)).get('holdfast_store_waiting') !== 0);
  t.true(metrics.has('nodejs_eventloop_lag_p99_seconds'))
  t.true(metrics.has('process_resident_memory_bytes'))
})

test('No user, order or product is named in the metrics.', async (t) => {
  const service = await startService(t)
  const mug = await sell(service, 10)
  const orderId = await place(service, mug)
  await service.ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  await service.ask('GET', `/order/${orderId}?x=ann`, undefined, { user: 'bob' })
  const { text } = await service.ask('GET', '/metrics')
  t.notRegex(text, /\bann\b|\bbob\b|(ord|pay|prod)_[0-9a-f]{32}|fake_/)
})
