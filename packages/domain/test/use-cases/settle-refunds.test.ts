import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, granted } from '../support.ts'

const SECOND = 1000

/** An order whose payment was fenced at its deadline, and captured all the same a minute later. */
const capturedLate = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'silent'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.time.now += 180 * SECOND
  await world.reconcilePayments()
  world.gateway.captureAnyway(payment.id)
  const refund = async () => (await world.stored(orderId)).payments[0]?.refund
  return { world, orderId, paymentId: payment.id, refund }
}

test('money that shows up for a fenced payment is found, owed and given back; the order does not change', async (t) => {
  const { world, orderId, paymentId, refund } = await capturedLate()
  const before = await world.stored(orderId)
  world.time.now += 90 * SECOND
  t.like((await world.reconcilePayments()).owed, [{ id: paymentId, state: 'FAILED' }])
  t.like(await refund(), { state: 'OWED', amount: before.total })
  t.deepEqual(await world.settleRefunds(), { confirmed: [await refund()], stillOwed: [] })
  t.like(await refund(), { state: 'CONFIRMED' })
  t.deepEqual(world.gateway.refunds, [paymentId])
  const after = await world.stored(orderId)
  t.deepEqual([after.state, after.version], [before.state, before.version])
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('a refund is of what its attempt took, whatever the order costs by then', async (t) => {
  const { world, orderId, refund } = await capturedLate()
  const { total } = await world.stored(orderId)
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  world.time.now += 90 * SECOND
  await world.reconcilePayments()
  t.like(await refund(), { state: 'OWED', amount: total })
  t.notDeepEqual((await world.stored(orderId)).total, total)
})

test('a refund that is refused stays owed, is asked for with the same key, and is confirmed in the end', async (t) => {
  const { world, paymentId, refund } = await capturedLate()
  world.time.now += 90 * SECOND
  await world.reconcilePayments()
  world.gateway.refusals = 3
  world.gateway.calls.length = 0
  for (const seconds of [0, 1, 2, 4]) {
    t.is((await refund())?.state, 'OWED')
    world.time.now += seconds * SECOND
    await world.settleRefunds()
  }
  t.like(await refund(), { state: 'CONFIRMED', attempts: 3 })
  t.deepEqual(world.gateway.calls, Array(4).fill(`refund ${paymentId}`))
  await world.settleRefunds()
  t.is(world.gateway.calls.length, 4, 'what was confirmed is not asked for again')
})

test('before its next attempt is due a refund is left alone', async (t) => {
  const { world } = await capturedLate()
  world.time.now += 90 * SECOND
  await world.reconcilePayments()
  world.gateway.refusals = 1
  await world.settleRefunds()
  world.gateway.calls.length = 0
  world.time.now += 999
  t.deepEqual(await world.settleRefunds(), { confirmed: [], stillOwed: [] })
  t.deepEqual(world.gateway.calls, [])
})

test('a charge whose answer comes after its fence is owed back as well', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.onTheWayThere = async () => {
    const [payment] = (await world.stored(orderId)).payments
    world.time.now += 180 * SECOND
    await world.reconcilePayments()
    world.gateway.captureAnyway(payment?.id ?? '')
  }
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  t.like(payment, { state: 'FAILED', failure: { code: 'acknowledgement_timeout' } })
  t.is(payment.refund?.state, 'OWED')
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('refunds are listed, those of the newest payments first', async (t) => {
  const { world, paymentId } = await capturedLate()
  world.time.now += 90 * SECOND
  await world.reconcilePayments()
  const { items, nextCursor } = await granted(world.listRefunds({ limit: 10 }))
  t.like(items, [{ paymentId, state: 'OWED' }])
  t.is(nextCursor, null)
})
