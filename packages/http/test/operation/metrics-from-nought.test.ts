import test from 'ava'
import { startOneService, startService } from '../support.ts'
import { has, metricsOf } from './read-metrics.ts'

test('What an alert may look at is counted from nought, before its first event.', async (t) => {
  const metrics = await metricsOf(await startService(t))
  const unknown = (call: string) =>
    `holdfast_gateway_call_duration_seconds_count{call="${call}",outcome="unknown"}`
  const expected = [
    ...[400, 408, 431].map(
      (status) => `holdfast_http_unreadable_requests_total{status="${status}"}`,
    ),
    ...['conflict', 'connection', 'busy'].map(
      (reason) => `holdfast_store_retries_total{reason="${reason}"}`,
    ),
    ...['charge', 'lookup', 'void', 'refund'].map(unknown),
    'holdfast_http_problems_total{code="internal_error"}',
    'holdfast_payments_total{outcome="declined"}',
    'holdfast_store_unavailable_total',
    'holdfast_payment_attempts_total',
  ]
  has(t, metrics, Object.fromEntries(expected.map((name) => [name, 0])))
})

for (const [timeout, edges] of Object.entries({
  '1700ms': [1, 1.7],
  '5s': [2.5, 5],
  '10m': [300, 600],
})) {
  test(`A GATEWAY_TIMEOUT of ${timeout} is the last edge of the gateway’s times.`, async (t) => {
    const service = await startOneService({}, { GATEWAY_TIMEOUT: timeout })
    t.teardown(service.stop)
    const metrics = await metricsOf(service)
    const known = [...metrics.keys()].flatMap(
      (name) =>
        /^holdfast_gateway_call_duration_seconds_bucket\{le="([\d.]+)"/.exec(name)?.[1] ?? [],
    )
    const sorted = [...new Set(known.map(Number))].sort((a, b) => a - b)
    t.deepEqual(sorted.slice(-2), edges)
  })
}
