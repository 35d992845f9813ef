import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { GATEWAY_ID } from '../scripted-gateway.ts'
import { ann, createWorld, granted, orderIn, refused, type World } from '../support.ts'

/** Another gateway answers from now on, one that does not mind whom a question is meant for. */
const strangerComes = ({ gateway }: World) => {
  gateway.id = 'gw_stranger'
  gateway.heedless = true
}

const rightOneIsBack = ({ gateway }: World) => {
  gateway.id = GATEWAY_ID
}

for (const script of ['captured', 'declined'] as const) {
  test(`what another gateway answers to a charge concludes nothing: ${script}`, async (t) => {
    const world = await createWorld()
    const { id: orderId } = await world.placed({ mug: 2 })
    strangerComes(world)
    world.gateway.script = script
    const { payment } = await granted(world.payOrder({ by: ann, orderId }))
    t.is(payment.state, 'PENDING')
    t.deepEqual(await world.stock('mug'), [10, 2])
    t.deepEqual(world.heard, [{ gatewayId: 'gw_stranger', boundTo: GATEWAY_ID }])
  })
}

test('another gateway neither fences nor fails a payment past its deadline; the right one ends it later', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'lost'
  await granted(world.payOrder({ by: ann, orderId }))
  world.time.now += 200_000
  strangerComes(world)
  const { stillPending, concluded } = await world.reconcilePayments({ all: true })
  t.deepEqual([stillPending.length, concluded.length], [1, 0])
  t.like(stillPending[0], { state: 'PENDING', overdue: true })
  const edit = { by: ann, orderId, lines: linesOf({ mug: 1 }) }
  await refused(world.modifyOrder(edit), 'payment_outcome_unknown')
  rightOneIsBack(world)
  await world.reconcilePayments({ all: true })
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
})

test('another gateway confirms no refund', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  const paymentId = (await world.stored(orderId)).payments[0]?.id ?? ''
  world.time.now += 200_000
  await world.reconcilePayments()
  world.gateway.captureAnyway(paymentId)
  await world.acceptNotification({ eventId: 'evt_1', paymentId, type: 'captured' })
  t.is((await world.reconcilePayments()).owed.length, 1)
  strangerComes(world)
  t.deepEqual((await world.settleRefunds()).confirmed, [])
  rightOneIsBack(world)
  world.time.now += 5_000
  t.is((await world.settleRefunds()).confirmed.length, 1)
})

test('while another gateway answers no intent is written; once the right one answers, payment goes on', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  const other = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  world.gateway.script = 'captured'
  strangerComes(world)
  world.time.now += 2_000
  await world.reconcilePayments()
  t.deepEqual([world.canCharge(), world.isGatewayConfirmed()], [false, false])
  const { order } = await refused(world.payOrder({ by: ann, orderId }), 'gateway_unavailable')
  t.deepEqual([order.state, order.payments], ['CREATED', []])
  rightOneIsBack(world)
  await world.bindGateway()
  t.deepEqual([world.canCharge(), world.isGatewayConfirmed()], [true, true])
  t.is((await granted(world.payOrder({ by: ann, orderId }))).payment.state, 'SUCCEEDED')
  t.is(other.state, 'PAYMENT_IN_PROGRESS')
})

test('a gateway hears for which one a question is meant, and one that is not it does nothing', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.id = 'gw_stranger'
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  t.is(payment.state, 'PENDING')
  t.deepEqual(world.gateway.charges, [])
  t.false(world.canCharge())
})

test('a database that is bound to none asks nobody, and writes no intent', async (t) => {
  const world = await createWorld({ mug: 10 }, { isBound: false })
  const { id: orderId } = await world.placed({ mug: 2 })
  const { order } = await refused(world.payOrder({ by: ann, orderId }), 'gateway_unavailable')
  t.deepEqual([order.state, order.payments], ['CREATED', []])
  t.deepEqual(world.gateway.calls, [])
})

test('whom the database believes is looked up for each question: it may be bound to another meanwhile', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  strangerComes(world)
  await world.memory.bindGateway({ gatewayId: 'gw_stranger', insteadOf: GATEWAY_ID, at: 0 })
  world.time.now += 200_000
  await world.reconcilePayments()
  t.is((await world.stored(orderId)).state, 'PAYMENT_FAILED')
})

test('a charge whose claim is written is sent without another look at the database', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  world.store.boundGateway = () => Promise.reject(new Error('The database is away.'))
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  t.is(payment.state, 'SUCCEEDED')
})
