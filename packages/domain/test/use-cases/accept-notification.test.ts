import test from 'ava'
import { ann, createWorld, granted } from '../support.ts'

const SECOND = 1000

/** A payment whose charge was captured, and whose answer got lost; the first question is two seconds away. */
const ackLost = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'lost'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.calls.length = 0
  const report = (eventId: string, type = 'captured', paymentId = payment.id) =>
    granted(world.acceptNotification({ eventId, paymentId, type }))
  return { world, orderId, paymentId: payment.id, report }
}

test('a notification makes its payment be asked about at once', async (t) => {
  const { world, orderId, paymentId, report } = await ackLost()
  t.deepEqual((await world.reconcilePayments()).concluded, [])
  t.true(await report('evt_1'))
  t.like((await world.reconcilePayments()).concluded, [{ id: paymentId, state: 'SUCCEEDED' }])
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
})

test('what a notification says is not believed: the gateway is asked', async (t) => {
  const { world, orderId, paymentId, report } = await ackLost()
  await report('evt_1', 'declined')
  await world.reconcilePayments()
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
  t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`])
})

test('a notification that comes again is not new, and asks nothing again', async (t) => {
  const { world, report } = await ackLost()
  world.gateway.reachable = false
  t.true(await report('evt_1'))
  await world.reconcilePayments()
  const calls = world.gateway.calls.length
  t.false(await report('evt_1'))
  await world.reconcilePayments()
  t.is(world.gateway.calls.length, calls)
})

test('a notification is known as long as a key, and one that comes again after that is only one question more', async (t) => {
  const { world, report } = await ackLost()
  await report('evt_1')
  world.time.now += 86_400 * SECOND
  await world.forgetKeys()
  t.false(await report('evt_1'))
  world.time.now += 1
  await world.forgetKeys()
  t.true(await report('evt_1'))
})

for (const type of ['captured', 'declined', 'voided', 'refunded']) {
  test(`a late ${type} changes nothing of a payment that succeeded`, async (t) => {
    const { world, orderId, report } = await ackLost()
    world.time.now += 2 * SECOND
    await world.reconcilePayments()
    const paid = await world.stored(orderId)
    t.true(await report('evt_9', type))
    await world.reconcilePayments()
    t.deepEqual(await world.stored(orderId), paid)
    t.deepEqual(await world.stock('mug'), [8, 0])
  })
}

test('a notification of a late capture of a declined payment leads to a refund', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.captureAnyway(payment.id)
  await world.reconcilePayments()
  t.is((await world.stored(orderId)).payments[0]?.refund, null)
  await world.acceptNotification({ eventId: 'evt_1', paymentId: payment.id, type: 'captured' })
  t.like((await world.reconcilePayments()).owed, [{ id: payment.id }])
})

test('a decline that is reported once more is asked about once, and not watched', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.calls.length = 0
  await world.acceptNotification({ eventId: 'evt_1', paymentId: payment.id, type: 'declined' })
  for (let hour = 0; hour < 30; hour += 1) {
    await world.reconcilePayments()
    world.time.now += 3600 * SECOND
  }
  t.deepEqual(world.gateway.calls, [`lookup ${payment.id}`])
})

test('a notification of a payment that is not ours is stored and asks nothing', async (t) => {
  const { world, report } = await ackLost()
  t.true(await report('evt_1', 'captured', 'pay_nobody'))
  await world.reconcilePayments()
  t.deepEqual(world.gateway.calls, [])
})

test('a notification that arrives while the payment is being asked about is not lost', async (t) => {
  const { world, orderId, paymentId, report } = await ackLost()
  world.time.now += 2 * SECOND
  world.gateway.reachable = false
  world.gateway.onTheWayBack = async () => {
    await report('evt_1')
    world.gateway.reachable = true
  }
  const { stillPending, concluded } = await world.reconcilePayments()
  t.like(stillPending, [{ id: paymentId }], 'the answer was none')
  t.like(concluded, [{ id: paymentId }], 'so it was asked once more')
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
})

test('a notification that overtakes a decline is not lost with it', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'declined'
  world.gateway.onTheWayBack = async () => {
    const paymentId = (await world.stored(orderId)).payments[0]?.id ?? ''
    world.gateway.captureAnyway(paymentId)
    await world.acceptNotification({ eventId: 'evt_1', paymentId, type: 'captured' })
  }
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  t.is(payment.state, 'FAILED')
  t.like((await world.reconcilePayments()).owed, [{ id: payment.id }])
})
