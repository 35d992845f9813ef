import test from 'ava'
import { ann, createWorld, granted } from '../support.ts'

const SECOND = 1000
const HOUR = 3600 * SECOND

/** A payment that never reached the gateway, and what brings it to an age and has a round of work. */
const silent = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'silent'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.calls.length = 0
  const noon = world.time.now
  const at = (ageMs: number) => {
    world.time.now = noon + ageMs
    return world.reconcilePayments()
  }
  const now = async () => (await world.stored(orderId)).payments[0]
  return { world, paymentId: payment.id, at, now, noon }
}

test('an attempt that is fenced only after a day without the gateway is looked at for a day from then', async (t) => {
  const { world, paymentId, at, now } = await silent()
  world.gateway.reachable = false
  await at(30 * HOUR)
  world.gateway.reachable = true
  await at(31 * HOUR)
  t.like(await now(), { state: 'FAILED', failure: { code: 'acknowledgement_timeout' } })
  world.gateway.captureAnyway(paymentId)
  t.like((await at(54 * HOUR)).owed, [{ id: paymentId }])
})

test('a fenced attempt is not left alone before the gateway has answered once the day is over', async (t) => {
  const { world, paymentId, at, now } = await silent()
  await at(180 * SECOND)
  world.gateway.reachable = false
  for (const hours of [2, 23, 25, 26]) await at(hours * HOUR)
  t.like(await now(), { state: 'FAILED', refund: null })
  world.gateway.captureAnyway(paymentId)
  world.gateway.reachable = true
  t.like((await at(28 * HOUR)).owed, [{ id: paymentId }])
})

/** Sets the clock back at each question, five times; then it shows the right time again. */
const clockSetBack = ({ world, noon }: Awaited<ReturnType<typeof silent>>, ageMs: number) => {
  let questions = 0
  const setBack = async () => {
    questions += 1
    world.time.now = questions < 5 ? noon : noon + ageMs
    if (questions < 5) world.gateway.onTheWayBack = setBack
  }
  world.gateway.onTheWayBack = setBack
}

test('a clock that is set back meanwhile does not make a round ask about a payment again', async (t) => {
  const pending = await silent()
  clockSetBack(pending, 60 * SECOND)
  t.like((await pending.at(60 * SECOND)).stillPending, [{ id: pending.paymentId }])
  const { paymentId, world } = pending
  t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`, `charge ${paymentId}`])
})

test('a clock that is set back meanwhile does not make a round ask for a refund again', async (t) => {
  const pending = await silent()
  const { world, paymentId, at } = pending
  await at(180 * SECOND)
  world.gateway.captureAnyway(paymentId)
  await at(300 * SECOND)
  world.gateway.refusals = 5
  world.gateway.calls.length = 0
  clockSetBack(pending, 300 * SECOND)
  t.is((await world.settleRefunds()).stillOwed.length, 1)
  t.deepEqual(world.gateway.calls, [`refund ${paymentId}`])
})
