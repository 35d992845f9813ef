import type { ExecutionContext } from 'ava'
import { bob, type World } from './support.ts'

/** Bob takes all that is free; of the ten mugs ann has two, and is about to keep one. */
export const bobTakesTheRest = async (t: ExecutionContext, world: World) => {
  t.is((await world.placed({ mug: 9 }, bob)).state, 'ORDER_FAILED')
  t.is((await world.placed({ mug: 8 }, bob)).state, 'CREATED')
}

/** Ann's order is paid for one mug, by the attempt after the one that was superseded. */
export const isPaidForOne = async (t: ExecutionContext, world: World, orderId: string) => {
  const order = await world.stored(orderId)
  t.like(order, { state: 'PAYMENT_DONE', lines: [{ quantity: 1 }] })
  t.like(order.payments, [
    { state: 'FAILED', failure: { code: 'superseded' } },
    { state: 'SUCCEEDED' },
  ])
  t.deepEqual(
    order.history.slice(2).map(({ action }) => action),
    ['paymentFailed', 'modify', 'retryPayment', 'paymentSucceeded'],
  )
  t.deepEqual(await world.stock('mug'), [9, 8])
}

/** The gateway says that something has become of a payment. */
export const notified = (world: World, paymentId: string) =>
  world.acceptNotification({ eventId: 'evt_1', paymentId, type: 'voided' })
