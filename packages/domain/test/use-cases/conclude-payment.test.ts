import { StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, granted } from '../support.ts'

/** An order for two of ten mugs that is about to be paid. */
const aboutToPay = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  return { world, orderId, pay: () => granted(world.payOrder({ by: ann, orderId })) }
}

test('a capture that the reconciler writes down first is not written down twice', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.gateway.onTheWayBack = () => world.reconcilePayments({ all: true })
  const { payment, order } = await pay()
  t.is(payment.state, 'SUCCEEDED')
  t.is(order.history.at(-1)?.actor, 'system')
  t.is(order.version, 3)
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(await world.stock('mug'), [8, 0])
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('a decline that the reconciler writes down first gives the stock back once', async (t) => {
  const { world, pay } = await aboutToPay()
  await world.placed({ mug: 1 })
  world.gateway.script = 'declined'
  world.gateway.onTheWayBack = () => world.reconcilePayments({ all: true })
  t.is((await pay()).payment.state, 'FAILED')
  t.deepEqual(await world.stock('mug'), [10, 1])
})

test('reconcilers at once conclude a payment once', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.gateway.script = 'lost'
  const { payment } = await pay()
  world.time.now += 2000
  const rounds = await Promise.all([world.reconcilePayments(), world.reconcilePayments()])
  const concluded = rounds.flatMap((round) => round.concluded)
  t.like(concluded, [{ id: payment.id, state: 'SUCCEEDED' }])
  t.is(concluded.length, 1)
  t.is((await world.stored(orderId)).version, 3)
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a charge that an edit overtook on its way takes no money and stays superseded', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.gateway.onTheWayThere = () =>
    granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  const { payment, order } = await pay()
  t.like(payment, { state: 'FAILED', failure: { code: 'superseded' } })
  t.is(order.state, 'PAYMENT_FAILED')
  t.is(order.version, 4)
  t.deepEqual(await world.stored(orderId), order)
  t.deepEqual(world.gateway.captures, [])
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('a crash between claim and charge loses no sale: the customer’s repeat sends the charge', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.gateway.onTheWayThere = () => Promise.reject(new Error('The process dies.'))
  await t.throwsAsync(pay(), { message: 'The process dies.' })
  t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
  t.deepEqual(await world.stock('mug'), [10, 2])
  t.is((await pay()).payment.state, 'SUCCEEDED')
  t.is(world.gateway.captures.length, 1)
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('a crash between claim and charge that nobody comes back to within half a minute is fenced at the deadline', async (t) => {
  const { world, pay } = await aboutToPay()
  world.gateway.onTheWayThere = () => Promise.reject(new Error('The process dies.'))
  await t.throwsAsync(pay(), { message: 'The process dies.' })
  world.time.now += 180_000
  const { concluded } = await world.reconcilePayments()
  t.like(concluded, [{ state: 'FAILED', failure: { code: 'acknowledgement_timeout' } }])
  t.deepEqual(await world.stock('mug'), [10, 0])
  t.deepEqual(world.gateway.captures, [])
})

test('a crash between charge and conclusion loses nothing: the reconciler finds the capture', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.gateway.onTheWayBack = async () => {
    world.database.up = false
  }
  await t.throwsAsync(pay(), { instanceOf: StoreUnavailable })
  world.database.up = true
  t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
  const { concluded } = await world.reconcilePayments({ all: true })
  t.like(concluded, [{ state: 'SUCCEEDED' }])
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
  t.is(world.gateway.captures.length, 1)
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('without the database nothing is claimed and nothing is charged', async (t) => {
  const { world, orderId, pay } = await aboutToPay()
  world.database.up = false
  await t.throwsAsync(pay(), { instanceOf: StoreUnavailable })
  t.deepEqual(world.gateway.calls, [])
  world.database.up = true
  t.is((await world.stored(orderId)).state, 'CREATED')
})
