import { once } from 'node:events'
import test from 'ava'
import { fail, OPEN_MS, opened, SILENCES, send } from './circuit-support.ts'
import { amount, charge, gatewayAt, heard, standIn } from './support.ts'

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
    const { gateway, state, sent } = await opened(t)
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
