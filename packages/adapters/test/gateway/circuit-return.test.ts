import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { fail, OPEN_MS, opened, SILENCES } from './circuit-support.ts'
import { charge, heard } from './support.ts'

const PROBE_EVERY_MS = 250

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
