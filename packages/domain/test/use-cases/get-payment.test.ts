import test from 'ava'
import { admin, ann, bob, createWorld, granted, orderIn, refused } from '../support.ts'

test('a payment is shown to its order’s user, and to a caller without a user', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  const { order } = await granted(world.retryPayment({ by: ann, orderId }))
  t.is(order.payments.length, 2)
  for (const payment of order.payments) {
    for (const by of [ann, admin]) {
      t.deepEqual(await granted(world.getPayment({ by, paymentId: payment.id })), payment)
    }
  }
})

test('another user’s payment is not found, in the same words as one that does not exist', async (t) => {
  const world = await createWorld()
  const { payments } = await orderIn(world, 'PAYMENT_DONE')
  const words = async (paymentId: string) => {
    const refusal = await refused(world.getPayment({ by: bob, paymentId }), 'payment_not_found')
    return { ...refusal, detail: refusal.detail.replace(paymentId, 'X') }
  }
  t.deepEqual(await words(payments[0]?.id ?? ''), await words('pay_none'))
})
