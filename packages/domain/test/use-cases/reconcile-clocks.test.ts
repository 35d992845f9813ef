import { createUseCases } from '@holdfast/domain'
import test from 'ava'
import { ann, createWorld, granted } from '../support.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A payment whose charge was captured, or is still pending, and whose answer was lost. */
const unanswered = async (script: 'lost' | 'pending') => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.calls.length = 0
  const state = async () => (await world.stored(orderId)).payments[0]?.state
  return { world, orderId, paymentId: payment.id, state }
}

test('a clock that is set back by an hour hides no payment: it is asked about at once', async (t) => {
  const { world, state } = await unanswered('lost')
  world.time.now -= HOUR
  await world.reconcilePayments()
  t.is(await state(), 'SUCCEEDED')
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a slow clock asks about a payment of the future once a minute, not every second', async (t) => {
  const { world, state } = await unanswered('pending')
  world.time.now -= HOUR
  for (let second = 0; second < 600; second += 1) {
    await world.reconcilePayments({ trustClocks: second % 60 !== 0 })
    world.time.now += SECOND
  }
  const { length } = world.gateway.calls
  t.true(length >= 10 && length <= 11, `${length} questions in ten minutes`)
  t.is(await state(), 'PENDING', 'no attempt is fenced before its deadline')
})

for (const apart of [2 * SECOND, 50 * SECOND, 10 * MINUTE, 3 * HOUR]) {
  test(`two servers whose clocks are ${apart / SECOND} s apart do not ask every second`, async (t) => {
    const { world } = await unanswered('pending')
    world.gateway.reachable = false
    const { store, gateway } = world
    const slow = createUseCases({
      ...world.ports,
      ...{ store, gateway, clock: { now: () => world.time.now - apart } },
    })
    const begun = world.time.now
    for (let second = 0; second < 1800; second += 1) {
      world.time.now = begun + second * SECOND
      const trustClocks = second % 60 !== 0
      await slow.reconcilePayments({ trustClocks })
      await world.reconcilePayments({ trustClocks })
    }
    // One alone asks 7 times until the deadline, and 5 times after it; each minute that the other one distrusts adds two.
    t.true(world.gateway.calls.length <= 12 + 2 * 30, `${world.gateway.calls.length} questions`)
  })
}

test('a fenced attempt of the future is looked at once a minute, and its capture found', async (t) => {
  const { world, orderId, paymentId } = await unanswered('pending')
  world.time.now += 180 * SECOND
  await world.reconcilePayments()
  world.time.now -= HOUR
  world.gateway.calls.length = 0
  for (let second = 0; second < 120; second += 1) {
    await world.reconcilePayments({ trustClocks: second % 60 !== 0 })
    world.time.now += SECOND
  }
  t.true(world.gateway.calls.length <= 3, `${world.gateway.calls.length} questions`)
  world.gateway.captureAnyway(paymentId)
  world.time.now += MINUTE
  await world.reconcilePayments()
  t.is((await world.stored(orderId)).payments[0]?.refund?.state, 'OWED')
})

test('the lease of a worker whose clock was hours ahead keeps nobody from the work', async (t) => {
  const { world, state } = await unanswered('lost')
  const now = world.time.now + 3 * HOUR
  const { length } = await world.store.leasePayments({ now, until: now + 1, latest: now, limit: 9 })
  t.is(length, 1)
  world.time.now += 2 * SECOND
  await world.reconcilePayments()
  t.is(await state(), 'SUCCEEDED')
})

test('a refund whose last attempt lies in the future is asked for now, and the gaps go on growing', async (t) => {
  const { world, orderId, paymentId } = await unanswered('pending')
  world.time.now += 180 * SECOND
  await world.reconcilePayments()
  world.gateway.captureAnyway(paymentId)
  world.time.now += 90 * SECOND
  await world.reconcilePayments()
  world.gateway.refusals = 3
  await world.settleRefunds()
  world.time.now -= HOUR
  world.gateway.calls.length = 0
  for (let second = 0; second < 8; second += 1) {
    await world.settleRefunds()
    world.time.now += SECOND
  }
  t.is((await world.stored(orderId)).payments[0]?.refund?.state, 'CONFIRMED')
  t.is(world.gateway.calls.length, 3)
})

test('whoever has tried too often is never told to wait for longer than the window', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  await granted(world.payOrder({ by: ann, orderId }))
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    await granted(world.retryPayment({ by: ann, orderId }))
  }
  world.time.now -= HOUR
  const answer = await world.retryPayment({ by: ann, orderId })
  t.like(answer.isErr() && answer.error, {
    code: 'payment_attempts_exceeded',
    retryAfterMs: 10 * MINUTE,
  })
})
