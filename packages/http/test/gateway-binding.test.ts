import { setTimeout as sleep } from 'node:timers/promises'
import type { HeardGateway, PaymentGateway } from '@holdfast/domain'
import test from 'ava'
import { errAsync, okAsync, type ResultAsync } from 'neverthrow'
import { pino } from 'pino'
import { ensureGateway } from '../src/ensure-gateway.ts'
import { createMetrics } from '../src/operation/metrics.ts'
import { watchBinding } from '../src/operation/watched-binding.ts'
import { mutedGateway } from './examples/faults.ts'
import { openPlace, place, sell, startServiceIn } from './support.ts'

const SILENCE = { code: 'outcome_unknown', detail: 'No answer.' } as const

/** Lines of a log, as they are written. */
const logged = () => {
  // biome-ignore lint/suspicious/noExplicitAny: lines have every shape.
  const lines: any[] = []
  return { lines, log: pino({}, { write: (line) => lines.push(JSON.parse(line)) }) }
}

test('Another gateway is told of in the log when it comes and when it is gone, and each of its answers is counted.', async (t) => {
  const { log, lines } = logged()
  const metrics = createMetrics(5000)
  const hear = watchBinding(log, metrics)
  const from = (gatewayId: string): HeardGateway => ({ gatewayId, boundTo: 'gw_right' })
  hear({ gatewayId: 'gw_right', boundTo: undefined })
  for (const id of ['gw_right', 'gw_other', 'gw_other', 'gw_third', 'gw_right', 'gw_right']) {
    hear(from(id))
  }
  t.like(lines, [
    { level: 50, boundTo: 'gw_right', gatewayId: 'gw_other' },
    { level: 50, gatewayId: 'gw_third' },
    { level: 40, gatewayId: 'gw_right' },
  ])
  t.is(lines.length, 3)
  t.is((await metrics.foreignAnswers.get()).values[0]?.value, 3)
})

test('Why a database from before is not bound is told once, and asked no more once the gateway is known.', async (t) => {
  const { log, lines } = logged()
  const refusal = { code: 'unproven_gateway', gatewayId: 'gw_1', paymentId: 'pay_1' } as const
  const detail = 'It does not know its payment.'
  let asked = 0
  let known = false
  const ensure = ensureGateway(
    {
      isGatewayConfirmed: () => known,
      bindGateway: () => {
        asked += 1
        return errAsync({ ...refusal, detail, isDisproof: true })
      },
    },
    log,
  )
  for (let round = 0; round < 3; round += 1) t.is((await ensure())?.name, 'WrongGateway')
  t.like(lines, [{ level: 50, gatewayId: 'gw_1', paymentId: 'pay_1' }])
  t.is(lines.length, 1)
  known = true
  t.is(await ensure(), undefined)
  t.is(asked, 3)
})

test('A service does not start with another gateway than the one that its database is bound to.', async (t) => {
  const where = await openPlace()
  t.teardown(where.remove)
  const first = await startServiceIn(where)
  await first.service.stop()
  await t.throwsAsync(startServiceIn(where, { gateway: mutedGateway() }), {
    name: 'WrongGateway',
    message: /bound to the gateway gw_[0-9a-f]{32}.* gw_muted.*holdfast db bind-gateway/,
  })
})

test('A service starts while its gateway is silent, refuses payments, and takes them once it has said who it is.', async (t) => {
  const where = await openPlace()
  let says: () => ResultAsync<string, typeof SILENCE> = () => errAsync(SILENCE)
  const gateway: PaymentGateway = {
    ...mutedGateway(),
    identify: () => says(),
    charge: (_request, gatewayId) => okAsync({ gatewayId, answer: { state: 'captured' } as const }),
  }
  const api = await startServiceIn(where, { gateway })
  t.teardown(async () => {
    await api.service.stop()
    await where.remove()
  })
  const orderId = await place(api, await sell(api, 5))
  t.like((await api.ask('GET', '/readyz')).body, { status: 'ready', gateway: 'down' })
  const refused = await api.ask('POST', '/payment', { orderId })
  t.like(refused, { status: 503, body: { code: 'gateway_unavailable' } })
  await api.service.useCases.bindGateway()
  t.is((await api.ask('POST', '/payment', { orderId })).status, 503)
  says = () => okAsync('gw_late')
  await api.service.useCases.bindGateway()
  while ((await api.ask('GET', '/readyz')).body.gateway !== 'up') await sleep(20)
  t.is((await api.ask('POST', '/payment', { orderId })).status, 201)
})
