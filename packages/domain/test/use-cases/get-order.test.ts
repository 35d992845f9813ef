import test from 'ava'
import { admin, ann, bob, createWorld, granted, orderIn, refused } from '../support.ts'

test('an order is shown whole to its user, and to a caller without a user', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  await granted(world.retryPayment({ by: ann, orderId }))
  const order = await granted(world.getOrder({ by: ann, orderId }))
  t.is(order.state, 'PAYMENT_DONE')
  t.is(order.payments.length, 2)
  t.deepEqual(
    order.history.map(({ action }) => action),
    ['create', 'startPayment', 'paymentFailed', 'retryPayment', 'paymentSucceeded'],
  )
  t.deepEqual(await granted(world.getOrder({ by: admin, orderId })), order)
})

test('another user’s order is not found, in the same words as one that does not exist', async (t) => {
  const world = await createWorld()
  const { id } = await world.placed({ mug: 1 })
  const words = async (orderId: string) => {
    const refusal = await refused(world.getOrder({ by: bob, orderId }), 'order_not_found')
    return { ...refusal, detail: refusal.detail.replace(orderId, 'X') }
  }
  t.deepEqual(await words(id), await words('ord_none'))
})
