import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import {
  type AskedGateway,
  amount,
  charge,
  gatewayAt,
  heard,
  STAND_IN,
  standIn,
} from './support.ts'

const SILENCES = 5
const OPEN_MS = 2000
const PROBE_EVERY_MS = 250

const send = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A gateway that is down or up as the test says, and the adapter that asks it. */
const opened = async (t: ExecutionContext) => {
  const state = { up: false, hangs: false }
  const server = await standIn(t, ({ url = '' }, response) => {
    if (state.hangs) return
    if (!state.up) return send(response, 429, {}) // An answer that is not sent again.
    const [, , , act] = url.split('/')
    if (url === '/identity') return send(response, 200, { gatewayId: STAND_IN })
    const outcome = act === 'refund' ? 'refunded' : act === 'void' ? 'voided' : 'captured'
    return send(response, 200, { idempotencyKey: 'pay_1', amount, state: outcome })
  })
  const adapter = gatewayAt(server.url)
  const sent = () => server.asked.filter(({ path }) => path !== '/identity').length
  const probes = () => server.asked.length - sent()
  return { ...adapter, ...server, state, sent, probes }
}

const fail = async (t: ExecutionContext, gateway: AskedGateway, times: number) => {
  for (let time = 1; time <= times; time += 1) {
    t.true(gateway.isAvailable())
    t.is(await heard(charge(gateway, 'pay_1')), 'outcome_unknown')
  }
}

test('after five silences in a row charges are refused, and not sent', async (t) => {
  const { gateway, sent } = await opened(t)
  await fail(t, gateway, SILENCES)
  t.false(gateway.isAvailable())
  const refused = (await charge(gateway, 'pay_1'))._unsafeUnwrapErr()
  t.regex(refused.detail, /not sent/)
  t.is(sent(), SILENCES)
})

test('one answer between silences keeps the circuit closed', async (t) => {
  const { gateway, state } = await opened(t)
  for (let round = 0; round < 3; round += 1) {
    await fail(t, gateway, SILENCES - 1)
    state.up = true
    t.is(await heard(gateway.lookup('pay_1')), 'captured')
    state.up = false
  }
  t.true(gateway.isAvailable())
})

test('lookups, voids and refunds that are not answered count as well', async (t) => {
  const { gateway } = await opened(t)
  await fail(t, gateway, 2)
  await gateway.lookup('pay_1')
  await gateway.void('pay_1')
  t.true(gateway.isAvailable())
  await gateway.refund({ idempotencyKey: 'pay_1', amount })
  t.false(gateway.isAvailable())
})

for (const name of ['lookup', 'void', 'refund'] as const) {
  test(`a ${name} is sent while charges are refused, and its answer lets charges through at once`, async (t) => {
    const { gateway, state, sent, probes } = await opened(t)
    const ask = () =>
      name === 'refund'
        ? gateway.refund({ idempotencyKey: 'pay_1', amount })
        : gateway[name]('pay_1')
    await fail(t, gateway, SILENCES)
    t.is(await heard(ask()), 'outcome_unknown')
    t.is(sent(), SILENCES + 1)
    t.false(gateway.isAvailable())
    state.up = true
    t.not(await heard(ask()), 'outcome_unknown')
    t.true(gateway.isAvailable())
    t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  })
}

test('after two seconds one charge may try; while it is under way nobody else is let in', async (t) => {
  const { gateway, state, time, sent, events } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS - 1
  t.false(gateway.isAvailable())
  time.now += 1
  t.true(gateway.isAvailable())
  state.up = true
  const asked = once(events, 'asked')
  const answer = charge(gateway, 'pay_1')
  t.false(gateway.isAvailable())
  await asked
  t.is(await heard(answer), 'captured')
  t.true(gateway.isAvailable())
  t.is(sent(), SILENCES + 1)
})

test('a trial that is not answered closes the way again, for as long as before', async (t) => {
  const { gateway, state, time } = await opened(t)
  await fail(t, gateway, SILENCES)
  for (let round = 0; round < 3; round += 1) {
    time.now += OPEN_MS
    await fail(t, gateway, 1)
    t.false(gateway.isAvailable())
    time.now += OPEN_MS - 1
    t.false(gateway.isAvailable())
    time.now += 1
  }
  state.up = true
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
  state.up = false
  await fail(t, gateway, SILENCES) // It counts from nothing again.
  t.false(gateway.isAvailable())
})

test('a lookup that is not answered prolongs the wait', async (t) => {
  const { gateway, time } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS - 1
  await gateway.lookup('pay_1')
  time.now += OPEN_MS - 1
  t.false(gateway.isAvailable())
  time.now += 1
  t.true(gateway.isAvailable())
})

test('a charge whose intent was written when another became the trial is sent, not refused', async (t) => {
  const { gateway, state, time, sent } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS
  state.up = true
  const both = [charge(gateway, 'pay_1'), charge(gateway, 'pay_1')]
  for (const answer of both) t.is(await heard(answer), 'captured')
  t.is(sent(), SILENCES + 2)
})

test('whoever is refused has the gateway asked who it is, and its answer lets charges through at once', async (t) => {
  const { gateway, state, time, probes, events } = await opened(t)
  await fail(t, gateway, SILENCES)
  const silence = once(events, 'asked')
  t.false(gateway.isAvailable())
  await silence
  state.up = true
  t.false(gateway.isAvailable(), 'it was asked a moment ago')
  time.now += PROBE_EVERY_MS
  t.false(gateway.isAvailable(), 'its answer is on its way')
  while (!gateway.isAvailable()) await setImmediate()
  t.is(probes(), 2)
  t.is(await heard(charge(gateway, 'pay_1')), 'captured')
})

test('while nobody is refused the gateway is asked nothing of our own accord', async (t) => {
  const { gateway, time, probes } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS
  t.true(gateway.isAvailable())
  t.is(probes(), 0)
})

test('a probe that is not answered does not prolong the wait', async (t) => {
  const { gateway, time, events, patience } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS - 1
  const asked = once(events, 'asked')
  t.false(gateway.isAvailable())
  await asked
  patience.end()
  time.now += 1
  await setImmediate()
  t.true(gateway.isAvailable())
})

test('an answer to a question lets charges through although the trial hangs, whatever becomes of that', async (t) => {
  const { gateway, state, time, events, patience } = await opened(t)
  await fail(t, gateway, SILENCES)
  time.now += OPEN_MS
  state.hangs = true
  const asked = once(events, 'asked')
  const trial = charge(gateway, 'pay_1')
  await asked
  t.false(gateway.isAvailable())
  Object.assign(state, { up: true, hangs: false })
  t.is(await heard(gateway.lookup('pay_1')), 'captured')
  t.true(gateway.isAvailable())
  patience.end()
  t.is(await heard(trial), 'outcome_unknown')
  t.true(gateway.isAvailable())
})

test('the silence about what was sent before the last answer says nothing of now', async (t) => {
  const { gateway, state, events, sent, patience } = await opened(t)
  state.hangs = true
  const lost = Array.from({ length: SILENCES }, () => charge(gateway, 'pay_1'))
  while (sent() < SILENCES) await once(events, 'asked')
  Object.assign(state, { up: true, hangs: false })
  t.is(await heard(gateway.lookup('pay_1')), 'captured')
  patience.end()
  for (const answer of lost) t.is(await heard(answer), 'outcome_unknown')
  t.true(gateway.isAvailable())
})

test('declines and refused refunds are answers', async (t) => {
  const server = await standIn(t, ({ url = '' }, response) => {
    const about = { idempotencyKey: 'pay_1', amount, detail: 'No.' }
    if (url.endsWith('refund')) return send(response, 409, { ...about, code: 'refund_refused' })
    return send(response, 200, { ...about, state: 'declined', code: 'card_declined' })
  })
  const { gateway } = gatewayAt(server.url)
  for (let time = 0; time <= SILENCES; time += 1) {
    t.is(await heard(charge(gateway, 'pay_1')), 'declined')
    t.is(await heard(gateway.refund({ idempotencyKey: 'pay_1', amount })), 'outcome_unknown')
    t.true(gateway.isAvailable())
  }
})
