import { once } from 'node:events'
import test, { type ExecutionContext } from 'ava'
import { NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import type { GatewayServerOptions } from '../../src/gateway/gateway-server.ts'
import { verifyNotification } from '../../src/gateway/notification-signature.ts'
import { amount, charge, delays, gatewayAt, heard, runGateway, secret, standIn } from './support.ts'

/** A running gateway on a clock that the test moves, and everything that a receiver hears of it. */
const opened = async (t: ExecutionContext, options: Partial<GatewayServerOptions> = {}) => {
  const time = { now: Date.now() }
  const state = { status: 204 }
  const receiver = await standIn(t, (_, response) => response.writeHead(state.status).end())
  const clock = { now: () => time.now }
  const settings = { notifyUrl: receiver.url, clock, ...options }
  const server = await runGateway(t, settings)
  const notices = () => receiver.asked.map(({ body }) => JSON.parse(body))
  /** Waits until so many notifications have come in all; what they say, in any order. */
  const told = async (count: number): Promise<string[]> => {
    while (receiver.asked.length < count) await once(receiver.events, 'asked')
    return notices().map(({ idempotencyKey, type }) => `${idempotencyKey} ${type}`)
  }
  return { ...gatewayAt(server.url), server, settings, receiver, notices, state, time, told }
}

test('every outcome is told, late ones when they come, and nothing else is', async (t) => {
  const { gateway, patience, time, told, receiver } = await opened(t)
  await charge(gateway, 'pay_1')
  await charge(gateway, 'pay_1')
  await charge(gateway, 'pay_2', 'fake_decline')
  await charge(gateway, 'pay_3', 'fake_slow')
  await charge(gateway, 'pay_4', 'fake_unavailable')
  await gateway.void('pay_5')
  await gateway.void('pay_5')
  await gateway.void('pay_1')
  await gateway.refund({ idempotencyKey: 'pay_1', amount })
  await gateway.refund({ idempotencyKey: 'pay_1', amount })
  await gateway.refund({ idempotencyKey: 'pay_2', amount })
  const stubborn = charge(gateway, 'pay_6', 'fake_refund_refused')
  while ((await heard(gateway.lookup('pay_6'))) !== 'pending') t.pass()
  patience.end()
  t.is(await heard(stubborn), 'outcome_unknown')
  await gateway.void('pay_6')
  const atOnce = [
    'pay_1 captured',
    'pay_1 refunded',
    'pay_2 declined',
    'pay_5 voided',
    'pay_6 voided',
  ]
  t.deepEqual((await told(5)).sort(), atOnce)

  time.now += delays.slowMs
  t.is((await told(6)).at(-1), 'pay_3 captured')
  time.now += delays.lateMs
  t.is((await told(7)).at(-1), 'pay_6 captured')
  for (const { headers, body } of receiver.asked) {
    const header = String(headers['gateway-signature'])
    t.true(verifyNotification(secret, header, body, time.now).isOk())
  }
})

test('a doubled notification is the same event twice', async (t) => {
  const { gateway, notices, told } = await opened(t, {
    faults: { ...NO_FAULTS, doubledNotifications: 1 },
  })
  await charge(gateway, 'pay_1')
  t.deepEqual(await told(2), ['pay_1 captured', 'pay_1 captured'])
  t.is(new Set(notices().map(({ eventId }) => eventId)).size, 1)
})

test('a delayed notification is overtaken by later ones', async (t) => {
  // Drawn for the first charge: no error, not doubled, delayed, for as long as can be.
  const numbers = [0.9, 0.9, 0, 1]
  const { gateway, time, told } = await opened(t, {
    faults: { ...NO_FAULTS, delayedNotifications: 0.5 },
    random: () => numbers.shift() ?? 0.9,
  })
  await charge(gateway, 'pay_1')
  await charge(gateway, 'pay_2')
  t.deepEqual(await told(1), ['pay_2 captured'])
  time.now += 10_000
  t.deepEqual(await told(2), ['pay_2 captured', 'pay_1 captured'])
})

test('a capture that comes due while the gateway is down is booked and told at the next start', async (t) => {
  const { gateway, server, settings, time, told } = await opened(t)
  await charge(gateway, 'pay_1', 'fake_slow')
  await server.stop()
  time.now += 3_600_000
  await runGateway(t, { ...settings, ledgerFile: server.ledgerFile })
  t.deepEqual(await told(1), ['pay_1 captured'])
})

test('what the receiver would not take is sent to it again after a restart of the gateway', async (t) => {
  const { gateway, server, settings, state, time, told } = await opened(t)
  state.status = 503
  await charge(gateway, 'pay_1')
  await told(1)
  await server.stop()
  state.status = 204
  time.now += 10_000
  await runGateway(t, { ...settings, ledgerFile: server.ledgerFile })
  t.deepEqual(await told(2), ['pay_1 captured', 'pay_1 captured'])
})
