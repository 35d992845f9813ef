import { createUseCases } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { bobTakesTheRest, isPaidForOne, notified } from '../edit-race.ts'
import { ann, createWorld, granted, refused, underWay, type World } from '../support.ts'

const SECOND = 1000

/** Who may learn of the void of an edit before the edit has written it down. */
const lookers: Readonly<
  Record<string, (world: World, orderId: string, paymentId: string) => Promise<unknown>>
> = {
  'a repeat of the payment': (world, orderId) => granted(world.payOrder({ by: ann, orderId })),
  'a retry without lines': (world, orderId) => granted(world.retryPayment({ by: ann, orderId })),
  'a cancellation': (world, orderId) =>
    refused(world.cancelOrder({ by: ann, orderId }), 'illegal_transition'),
  'the reconciler': (world) => world.reconcilePayments(),
  'a reconciler that starts': (world) => world.reconcilePayments({ all: true }),
  'a reconciler that was notified': async (world, _, paymentId) => {
    await notified(world, paymentId)
    await world.reconcilePayments()
  },
}

for (const [who, look] of Object.entries(lookers)) {
  test(`${who} that sees the void of an edit leaves it to the edit`, async (t) => {
    const { world, orderId, paymentId, edit } = await underWay('pending')
    world.gateway.onTheWayBack = async () => {
      world.time.now += 2 * SECOND
      await look(world, orderId, paymentId)
      t.like((await world.stored(orderId)).payments, [{ state: 'PENDING', overdue: false }])
      await bobTakesTheRest(t, world)
    }
    await granted(edit(1))
    await isPaidForOne(t, world, orderId)
  })
}

test('a reconciler that was asking when an edit came leaves the void to the edit', async (t) => {
  const { world, orderId, edit } = await underWay('pending')
  const voided = Promise.withResolvers<void>()
  let edited: Promise<unknown> = Promise.resolve()
  world.time.now += 2 * SECOND
  world.gateway.onTheWayThere = async () => {
    world.gateway.onTheWayBack = async () => {
      voided.resolve()
      await reconciled
      await bobTakesTheRest(t, world)
    }
    edited = granted(edit(1))
    await voided.promise
  }
  const reconciled = world.reconcilePayments()
  t.like(await reconciled, { concluded: [], stillPending: [{ state: 'PENDING' }] })
  await edited
  await isPaidForOne(t, world, orderId)
})

test('a charge that comes after the void of an edit leaves it to the edit, and is under way', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const voided = Promise.withResolvers<void>()
  let edited: Promise<unknown> = Promise.resolve()
  world.gateway.onTheWayThere = async () => {
    world.gateway.onTheWayBack = async () => {
      voided.resolve()
      t.like(await first, { payment: { state: 'PENDING', outcome: 'unknown' } })
      await bobTakesTheRest(t, world)
    }
    edited = granted(world.retryPayment({ by: ann, orderId, lines: linesOf({ mug: 1 }) }))
    await voided.promise
  }
  const first = granted(world.payOrder({ by: ann, orderId }))
  await first
  await edited
  await isPaidForOne(t, world, orderId)
})

test('a repeat that leaves a void to an edit is no replay, and its key has the answer afterwards', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  let replays = 0
  const idempotency = { key: 'k', fingerprint: 'f', onReplay: () => (replays += 1) }
  const pay = () => granted(world.payOrder({ by: ann, orderId, idempotency }))
  world.gateway.script = 'pending'
  await pay()
  world.gateway.script = 'captured'
  world.gateway.onTheWayBack = async () => t.is((await pay()).payment.state, 'PENDING')
  await granted(world.retryPayment({ by: ann, orderId, lines: linesOf({ mug: 1 }) }))
  t.is(replays, 0)
  t.like((await pay()).payment, { state: 'FAILED', failure: { code: 'superseded' } })
  t.is(replays, 1)
})

test('the void of an edit that passes the deadline is left to it, too', async (t) => {
  const { world, orderId, edit } = await underWay('pending')
  world.time.now += 179 * SECOND
  world.gateway.onTheWayBack = async () => {
    world.time.now += 2 * SECOND
    await world.reconcilePayments()
    t.like((await world.stored(orderId)).payments, [{ state: 'PENDING', overdue: false }])
    await bobTakesTheRest(t, world)
  }
  await granted(edit(1))
  await isPaidForOne(t, world, orderId)
})

test('two steps that edit and pay at once leave nothing free between them', async (t) => {
  const { world, orderId, edit } = await underWay('pending')
  world.gateway.onTheWayBack = async () => {
    world.gateway.onTheWayBack = () => bobTakesTheRest(t, world)
    await granted(edit(1))
  }
  await refused(edit(1), 'order_already_paid')
  await isPaidForOne(t, world, orderId)
})

for (const apart of [-9, 9]) {
  test(`a server whose clock is ${apart} s apart leaves the void to the edit`, async (t) => {
    const { world, orderId, edit } = await underWay('pending')
    const clock = { now: () => world.time.now + apart * SECOND }
    const other = createUseCases({ ...world.ports, clock })
    world.gateway.onTheWayBack = async () => {
      await other.reconcilePayments({ all: true })
      await granted(other.payOrder({ by: ann, orderId }))
      await bobTakesTheRest(t, world)
    }
    await granted(edit(1))
    await isPaidForOne(t, world, orderId)
  })
}
