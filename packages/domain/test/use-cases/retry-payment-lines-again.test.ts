import test from 'ava'
import { granted, underWay } from '../support.ts'

test('a step that edits and pays does not fence the attempt that it has begun itself', async (t) => {
  const { world, edit, calls } = await underWay()
  world.gateway.script = 'silent'
  const first = await granted(edit(3))
  const voids = () => calls().filter((call) => call.startsWith('void')).length
  t.is(voids(), 1)
  t.is((await granted(edit(3))).payment.id, first.payment.id)
  t.is(voids(), 1)
  t.not((await granted(edit(4))).payment.id, first.payment.id, 'other lines are another edit')
  t.is(voids(), 2)
})

test('of a step that edits and pays and is sent thrice at once one attempt is made', async (t) => {
  const { world, orderId, edit } = await underWay()
  const claims = await Promise.all([edit(3), edit(3), edit(3)].map(granted))
  t.is(new Set(claims.map(({ payment }) => payment.id)).size, 1)
  t.is(world.gateway.captures.length, 1)
  const order = await world.stored(orderId)
  t.like(order.payments, [{ state: 'FAILED' }, { state: 'SUCCEEDED' }])
  t.is(order.history.filter(({ action }) => action === 'modify').length, 1)
  t.deepEqual(await world.stock('mug'), [7, 0])
})

test('the same key never edits or charges twice, and gets the first answer again', async (t) => {
  const { world, orderId, edit } = await underWay()
  const idempotency = { key: 'k', fingerprint: 'f' }
  world.gateway.script = 'silent'
  const { payment } = await granted(edit(3, { idempotency }))
  const repeated = await granted(edit(3, { idempotency }))
  t.like(repeated, { payment: { id: payment.id, state: 'PENDING' }, repeated: true })
  const { version } = await world.stored(orderId)
  world.gateway.decide(payment.id, 'captured')
  await world.reconcilePayments({ all: true })
  const ended = await granted(edit(3, { idempotency }))
  t.like(ended, {
    payment: { id: payment.id, state: 'SUCCEEDED' },
    order: { version: version + 1 },
  })
  t.deepEqual(await granted(edit(3, { idempotency })), ended)
  t.deepEqual(world.gateway.captures, [payment.id])
})

test('a step that edits and pays goes on where its fence was all that had happened', async (t) => {
  const { world, orderId, edit } = await underWay()
  const idempotency = { key: 'k', fingerprint: 'f' }
  world.gateway.onTheWayBack = async () => {
    world.database.up = false
  }
  await t.throwsAsync(async () => edit(3, { idempotency }), { name: 'StoreUnavailable' })
  world.database.up = true
  t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
  t.is((await granted(edit(3, { idempotency }))).order.state, 'PAYMENT_DONE')
  t.is(world.gateway.captures.length, 1)
})

test('a step that edits and pays goes on if somebody else writes its fence down first', async (t) => {
  const { world, order, edit } = await underWay()
  world.gateway.onTheWayBack = () => {
    world.time.now += 30_000 // The edit is so slow that nobody waits for it any more.
    return world.reconcilePayments({ all: true })
  }
  const paid = await granted(edit(3, { expectedVersions: [order.version] }))
  t.is(paid.order.state, 'PAYMENT_DONE')
  t.is(paid.order.history.filter(({ action }) => action === 'paymentFailed').length, 1)
  t.deepEqual(await world.stock('mug'), [7, 0])
})
