import test, { type ExecutionContext } from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, bob, createWorld, granted, refused, underWay, type World } from '../support.ts'

const LEASE_MS = 30_000

/** Everybody else who can hear of it that an attempt has come to nothing. */
const lookers: Readonly<
  Record<string, (world: World, orderId: string, paymentId: string) => Promise<unknown>>
> = {
  'a repeat of the payment': (world, orderId) => granted(world.payOrder({ by: ann, orderId })),
  'the reconciler': (world) => world.reconcilePayments({ all: true }),
  'a cancellation': (world, orderId) =>
    refused(world.cancelOrder({ by: ann, orderId }), 'illegal_transition'),
  'a notification': async (world, _, paymentId) => {
    await world.acceptNotification({ eventId: 'evt_1', paymentId, type: 'voided' })
    await world.reconcilePayments()
  },
}

/** Bob can have what ann gives up and not a mug more, while her attempt is stopped and its end not written down. */
const nothingIsFree = async (t: ExecutionContext, world: World, orderId: string) => {
  t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
  t.is((await world.placed({ mug: 8 }, bob)).state, 'CREATED')
  t.is((await world.placed({ mug: 1 }, bob)).state, 'ORDER_FAILED')
}

for (const [who, look] of Object.entries(lookers)) {
  test(`what stays in the basket is not free where ${who} hears of the fence before the edit is written down`, async (t) => {
    const { world, orderId, paymentId, edit } = await underWay()
    world.gateway.onTheWayBack = async () => {
      await look(world, orderId, paymentId)
      await nothingIsFree(t, world, orderId)
    }
    const { order } = await granted(edit(1))
    t.is(order.state, 'PAYMENT_DONE')
    t.deepEqual(await world.stock('mug'), [9, 8])
    t.is(world.gateway.captures.length, 1)
  })
}

test('what stays in the basket is not free where the charge itself hears of the fence', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const arrival = Promise.withResolvers<void>()
  const claimed = Promise.withResolvers<void>()
  world.gateway.onTheWayThere = () => {
    claimed.resolve()
    return arrival.promise
  }
  const paying = granted(world.payOrder({ by: ann, orderId }))
  await claimed.promise
  world.gateway.onTheWayBack = async () => {
    arrival.resolve()
    t.like(await paying, { payment: { state: 'PENDING' } })
    await nothingIsFree(t, world, orderId)
  }
  const { order } = await granted(
    world.retryPayment({ by: ann, orderId, lines: linesOf({ mug: 1 }) }),
  )
  t.like(order.payments, [{ failure: { code: 'superseded' } }, { state: 'SUCCEEDED' }])
  t.deepEqual(await world.stock('mug'), [9, 8])
})

test('a decline that comes while an edit fences the attempt is written down by whoever hears of it, and the edit goes on', async (t) => {
  const { world, paymentId, edit } = await underWay('pending')
  world.gateway.onTheWayThere = async () => {
    world.gateway.decide(paymentId, 'declined')
    const { concluded } = await world.reconcilePayments({ all: true })
    t.like(concluded, [{ failure: { code: 'card_declined' } }])
  }
  const { order } = await granted(edit(1))
  t.like(order.payments, [{ failure: { code: 'card_declined' } }, { state: 'SUCCEEDED' }])
})

test('money that is taken while an edit fences the attempt is written down by whoever hears of it', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay('pending')
  world.gateway.onTheWayThere = async () => {
    world.gateway.decide(paymentId, 'captured')
    await world.reconcilePayments({ all: true })
    t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
  }
  await refused(edit(1), 'order_already_paid')
  t.deepEqual(await world.stock('mug'), [8, 0])
})

for (const [who, look] of Object.entries(lookers)) {
  test(`where an edit dies behind its fence, ${who} ends the attempt half a minute later`, async (t) => {
    const { world, orderId, paymentId, edit } = await underWay()
    world.gateway.onTheWayBack = async () => {
      world.database.up = false
    }
    await t.throwsAsync(async () => edit(1), { name: 'StoreUnavailable' })
    world.database.up = true
    world.time.now += LEASE_MS - 1
    await look(world, orderId, paymentId)
    t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
    world.time.now += 1
    if (who === 'a notification') await world.reconcilePayments({ all: true })
    else await look(world, orderId, paymentId)
    const order = await world.stored(orderId)
    t.is(order.state, 'PAYMENT_FAILED')
    t.like(order.payments, [{ failure: { code: 'superseded' } }])
    t.deepEqual(await world.stock('mug'), [10, 0])
  })
}

test('the reconciler looks again when an edit has had its time, and does not call what it leaves to it overdue', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay()
  world.time.now += 200_000
  world.gateway.onTheWayBack = async () => {
    world.database.up = false
  }
  await t.throwsAsync(async () => edit(1), { name: 'StoreUnavailable' })
  world.database.up = true
  const { stillPending } = await world.reconcilePayments({ all: true })
  t.like(stillPending, [{ id: paymentId, overdue: false, nextCheckAt: world.time.now + LEASE_MS }])
  world.time.now += LEASE_MS
  await world.reconcilePayments()
  t.is((await world.stored(orderId)).state, 'PAYMENT_FAILED')
})

test('money that a fence finds taken for an attempt that has failed meanwhile is owed back, and the edit goes on', async (t) => {
  const { world, orderId, paymentId, edit } = await underWay('pending')
  world.gateway.onTheWayThere = async () => {
    world.time.now += LEASE_MS
    world.gateway.decide(paymentId, 'declined')
    await world.reconcilePayments({ all: true })
    world.gateway.captureAnyway(paymentId)
  }
  const { order } = await granted(edit(3))
  t.like(order, { state: 'PAYMENT_DONE' })
  const [first, second] = (await world.stored(orderId)).payments
  t.like(first, { state: 'FAILED', failure: { code: 'card_declined' }, refund: { state: 'OWED' } })
  t.like(second, { state: 'SUCCEEDED', refund: null })
})

test('a step that edits and pays goes on behind its fence, even if too much is under way to the gateway by then', async (t) => {
  const { world, edit } = await underWay()
  world.gateway.onTheWayBack = async () => {
    world.gateway.available = false
  }
  t.is((await granted(edit(1))).order.state, 'PAYMENT_DONE')
})

test('a step that edits and pays, died behind its fence and comes again is of the version that it was of', async (t) => {
  const { world, order, edit } = await underWay()
  const request = { expectedVersions: [order.version], idempotency: { key: 'k', fingerprint: 'f' } }
  world.gateway.onTheWayBack = async () => {
    world.database.up = false
  }
  await t.throwsAsync(async () => edit(1, request), { name: 'StoreUnavailable' })
  world.database.up = true
  world.time.now += LEASE_MS
  await world.reconcilePayments({ all: true })
  t.is((await granted(edit(1, request))).order.state, 'PAYMENT_DONE')
})
