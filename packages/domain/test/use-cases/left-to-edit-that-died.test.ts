import test from 'ava'
import { bobTakesTheRest, isPaidForOne, notified } from '../edit-race.ts'
import { granted, underWay } from '../support.ts'

const SECOND = 1000

/** An edit whose process died when the void was done, and nothing of it was written. */
const diedAfterVoid = async () => {
  const begun = await underWay('pending')
  const { world, edit, orderId } = begun
  world.gateway.onTheWayBack = async () => {
    world.database.up = false
  }
  await edit(1).then(
    () => undefined,
    () => undefined,
  )
  world.database.up = true
  const ended = async () => (await world.stored(orderId)).payments[0]?.failure?.code
  return { ...begun, ended }
}

for (const isNotified of [false, true]) {
  const when = isNotified ? ', also after a notification' : ''
  test(`the void of an edit that died is written down ten seconds later${when}`, async (t) => {
    const { world, paymentId, ended } = await diedAfterVoid()
    world.time.now += 9_999
    if (isNotified) await notified(world, paymentId)
    await world.reconcilePayments()
    t.is(await ended(), undefined)
    world.time.now += 1
    await world.reconcilePayments()
    t.is(await ended(), 'superseded')
    t.deepEqual(await world.stock('mug'), [10, 0])
  })
}

test('a clock that was set back does not hold up the void of an edit that died', async (t) => {
  const { world, ended } = await diedAfterVoid()
  world.time.now -= 3600 * SECOND
  await world.reconcilePayments()
  t.is(await ended(), 'superseded')
})

test('an edit may be repeated at once after one that died', async (t) => {
  const { world, orderId, edit } = await diedAfterVoid()
  world.gateway.onTheWayBack = async () => {
    await world.reconcilePayments({ all: true })
    await bobTakesTheRest(t, world)
  }
  await granted(edit(1))
  await isPaidForOne(t, world, orderId)
})

test('a payment that an edit could not void is asked about as before', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay('pending')
  world.gateway.reachable = false
  await edit(1)
  t.like((await world.stored(orderId)).payments, [{ nextCheckAt: world.time.now + 2 * SECOND }])
  world.gateway.reachable = true
  world.gateway.decide(paymentId, 'captured')
  world.time.now += 2 * SECOND
  t.like(await world.reconcilePayments(), { concluded: [{ id: paymentId, state: 'SUCCEEDED' }] })
})
