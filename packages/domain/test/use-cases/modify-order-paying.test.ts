import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, euros, granted, refused, unmarked, type World } from '../support.ts'

/** An order for two of ten mugs whose charge has no answer; what is booked is up to the script. */
const underWay = async (script: World['gateway']['script'] = 'silent') => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const { payment, order } = await granted(world.payOrder({ by: ann, orderId }))
  const edit = (mug: number, expectedVersions?: readonly number[]) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }), expectedVersions })
  const calls = () => world.gateway.calls.slice(1)
  return { world, orderId, paymentId: payment.id, order, edit, calls }
}

for (const script of ['silent', 'pending'] as const) {
  test(`an edit fences the payment under way first, even if the charge is ${script}`, async (t) => {
    const { world, orderId, paymentId, edit, calls } = await underWay(script)
    await world.reprice('mug', euros(1500))
    const order = await granted(edit(3))
    t.is(order.state, 'PAYMENT_FAILED')
    t.deepEqual(order.total, euros(4500))
    t.like(order.payments, [{ id: paymentId, state: 'FAILED', failure: { code: 'superseded' } }])
    t.like(order.history.slice(2), [
      { from: 'PAYMENT_IN_PROGRESS', to: 'PAYMENT_FAILED', action: 'paymentFailed', paymentId },
      { from: 'PAYMENT_FAILED', to: 'PAYMENT_FAILED', action: 'modify', actor: 'ann' },
    ])
    t.deepEqual(await world.stored(orderId), order)
    t.deepEqual(await world.stock('mug'), [10, 0])
    t.deepEqual(calls(), [`void ${paymentId}`])

    world.gateway.decide(paymentId, 'captured')
    t.deepEqual(world.gateway.captures, [], 'a charge that arrives later is refused')
    world.gateway.script = 'captured'
    const { payment } = await granted(world.retryPayment({ by: ann, orderId }))
    t.deepEqual(world.gateway.captures, [payment.id])
    t.deepEqual(payment.amount, euros(4500))
  })
}

/** The reconciler ends an attempt whose edit is so slow behind its fence that nobody waits for it any more. */
const endWithoutEdit = async (world: World): Promise<unknown> => {
  world.time.now += 30_000
  return world.reconcilePayments({ all: true })
}

test('an edit may ask for as many as the fenced attempt gives back', async (t) => {
  const { world, edit } = await underWay()
  await granted(edit(10))
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('an edit that finds the money taken is refused, and the order is paid', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay('lost')
  const refusal = await refused(edit(3), 'order_already_paid')
  t.like(refusal.payment, { id: paymentId, state: 'SUCCEEDED' })
  t.like(refusal.order, { id: orderId, state: 'PAYMENT_DONE', total: euros(2598) })
  t.deepEqual(await world.stored(orderId), refusal.order)
  t.deepEqual(await world.stock('mug'), [8, 0])
  t.deepEqual(world.gateway.captures, [paymentId])
})

test('an edit that finds the charge declined replaces the lines', async (t) => {
  const { world, paymentId, edit } = await underWay('pending')
  world.gateway.decide(paymentId, 'declined')
  const order = await granted(edit(3))
  t.like(order, { state: 'PAYMENT_FAILED', total: euros(3897) })
  t.like(order.payments, [{ state: 'FAILED', failure: { code: 'card_declined' } }])
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('a notification that overtakes the fence of an edit is not lost with it', async (t) => {
  const { world, paymentId, edit } = await underWay('pending')
  world.gateway.decide(paymentId, 'declined')
  world.gateway.onTheWayBack = async () => {
    world.gateway.captureAnyway(paymentId)
    await world.acceptNotification({ eventId: 'evt_1', paymentId, type: 'captured' })
  }
  t.is((await granted(edit(3))).state, 'PAYMENT_FAILED')
  t.like((await world.reconcilePayments()).owed, [{ id: paymentId }])
})

test('an edit while the gateway is out of reach is refused, changes nothing and may be repeated', async (t) => {
  const { world, orderId, paymentId, order, edit } = await underWay()
  world.gateway.reachable = false
  const refusal = await refused(edit(3), 'payment_outcome_unknown')
  t.deepEqual(refusal.order, order)
  t.like(refusal.payment, { id: paymentId, state: 'PENDING' })
  t.deepEqual(unmarked(await world.stored(orderId)), order)
  t.deepEqual(await world.stock('mug'), [10, 2])

  world.gateway.reachable = true
  t.is((await granted(edit(3))).state, 'PAYMENT_FAILED')
})

test('an edit that would be refused anyway voids nothing at the gateway', async (t) => {
  const { world, orderId, order, edit, calls } = await underWay()
  await world.placed({ mug: 1 })
  const whole = await world.stored(orderId)
  await refused(edit(0), 'invalid_request')
  await refused(edit(1), 'duplicate_order')
  await refused(edit(10), 'insufficient_stock')
  await refused(edit(3, [order.version - 1]), 'version_mismatch')
  const gone = world.modifyOrder({ by: ann, orderId, lines: linesOf({ gone: 1 }) })
  await refused(gone, 'unknown_product')
  t.deepEqual(calls(), [])
  t.deepEqual(await world.stored(orderId), whole)
  t.is((await granted(edit(3, [order.version]))).state, 'PAYMENT_FAILED')
})

test('an edit that is short only after the fence is refused, and the fence is written down', async (t) => {
  const { world, orderId, edit } = await underWay()
  world.gateway.onTheWayBack = () => world.restock('mug', 2)
  const refusal = await refused(edit(3), 'insufficient_stock')
  t.like(refusal.lines, [{ requested: 3, available: 2 }])
  const order = await world.stored(orderId)
  t.like(order, { state: 'PAYMENT_FAILED', total: euros(2598) })
  t.like(order.payments, [{ state: 'FAILED', failure: { code: 'superseded' } }])
  t.deepEqual(refusal.order, order)
  t.deepEqual(await world.stock('mug'), [2, 0])
})

test('an edit whose fence the reconciler writes down first still replaces the lines', async (t) => {
  const { world, edit } = await underWay()
  world.gateway.onTheWayBack = () => endWithoutEdit(world)
  const order = await granted(edit(3))
  t.like(order, { state: 'PAYMENT_FAILED', total: euros(3897) })
  t.is(order.history.filter(({ action }) => action === 'paymentFailed').length, 1)
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('an edit of a version stays one of that version if somebody else writes its fence down first', async (t) => {
  const { world, order, edit } = await underWay()
  world.gateway.onTheWayBack = () => endWithoutEdit(world)
  const edited = await granted(edit(3, [order.version]))
  t.like(edited, { state: 'PAYMENT_FAILED', total: euros(3897) })
})

test('an edit that finds the money taken is told so, whoever wrote that down', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay('lost')
  world.gateway.onTheWayBack = () => world.reconcilePayments({ all: true })
  const refusal = await refused(edit(3), 'order_already_paid')
  t.is(refusal.payment.id, paymentId)
  t.is((await world.stored(orderId))?.state, 'PAYMENT_DONE')
})

test('an edit fences the attempt that began while it fenced the one before', async (t) => {
  const { world, orderId, paymentId, edit, calls } = await underWay()
  world.gateway.onTheWayBack = async () => {
    await endWithoutEdit(world)
    await granted(world.retryPayment({ by: ann, orderId }))
  }
  const order = await granted(edit(3))
  t.like(order, { state: 'PAYMENT_FAILED', total: euros(3897) })
  t.like(order.payments, [{ state: 'FAILED' }, { state: 'FAILED' }])
  const second = order.payments[1]?.id
  t.deepEqual(
    calls().filter((call) => call.startsWith('void')),
    [`void ${paymentId}`, `void ${second}`],
  )
  t.deepEqual(world.gateway.captures, [])
  t.deepEqual(await world.stock('mug'), [10, 0])
})

test('an edit that loses to a new attempt again and again gives up after five fences', async (t) => {
  const { world, orderId, edit, calls } = await underWay()
  const lose = async () => {
    await endWithoutEdit(world)
    world.time.now += 120_000
    await granted(world.retryPayment({ by: ann, orderId }))
    world.gateway.onTheWayBack = lose
  }
  world.gateway.onTheWayBack = lose
  const refusal = await refused(edit(3), 'payment_outcome_unknown')
  t.is(calls().filter((call) => call.startsWith('void')).length, 5)
  t.like(refusal.payment, { attempt: 6, state: 'PENDING' })
  t.deepEqual(refusal.order, await world.stored(orderId))
  world.gateway.onTheWayBack = undefined
  t.is((await granted(edit(3))).state, 'PAYMENT_FAILED')
})

test('an edit fences an overdue payment as superseded, too', async (t) => {
  const { world, edit } = await underWay()
  world.time.now += 180_000
  world.gateway.reachable = false
  await world.reconcilePayments()
  world.gateway.reachable = true
  const order = await granted(edit(3))
  t.like(order.payments, [{ state: 'FAILED', failure: { code: 'superseded' } }])
})
