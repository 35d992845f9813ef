import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, bob, createWorld, granted, refused } from '../support.ts'

/** A payment of ann's with a key, of which the gateway has said nothing yet. */
const pending = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'pending'
  const idempotency = { key: 'key-1', fingerprint: 'request-1' }
  const { payment } = await granted(world.payOrder({ by: ann, orderId, idempotency }))
  return { world, orderId, paymentId: payment.id, idempotency }
}

test('what a request to pay is answered by now is the payment as it stands, and nothing is begun, asked or remembered', async (t) => {
  const { world, orderId, paymentId } = await pending()
  const asked = world.gateway.calls.length
  const order = await world.stored(orderId)
  const idempotency = { key: 'key-2', fingerprint: 'request-2' }
  const claim = await granted(world.getClaim({ by: ann, paymentId, idempotency }))
  t.deepEqual(claim, { payment: order.payments[0], order })
  t.is(world.gateway.calls.length, asked)
  t.deepEqual(await world.stored(orderId), order)
  const other = { ...idempotency, fingerprint: 'request-3' }
  await granted(world.getClaim({ by: ann, paymentId, idempotency: other })) // Nobody has used the key.
})

test('a request that carried a key is answered by now as the key will be for ever, though its order went on', async (t) => {
  const { world, orderId, paymentId, idempotency } = await pending()
  world.gateway.script = 'declined'
  world.time.now += 200_000
  await world.reconcilePayments({ all: true })
  const ended = await world.stored(orderId)
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 1 }) }))
  let replays = 0
  const onReplay = () => {
    replays += 1
  }
  const keyed = { by: ann, paymentId, idempotency: { ...idempotency, onReplay } }
  t.deepEqual((await granted(world.getClaim(keyed))).order, ended)
  t.is(replays, 1)
  const bare = await granted(world.getClaim({ by: ann, paymentId }))
  t.is(bare.payment.state, 'FAILED')
  t.deepEqual(bare.order, await world.stored(orderId))
  t.is(bare.order.payments.length, 1)
})

test('another user’s payment is not found, and a key of another request is refused', async (t) => {
  const { world, paymentId, idempotency } = await pending()
  const { detail } = await refused(world.getClaim({ by: bob, paymentId }), 'payment_not_found')
  t.true(detail.includes(paymentId))
  const reused = { ...idempotency, fingerprint: 'request-2' }
  await refused(
    world.getClaim({ by: ann, paymentId, idempotency: reused }),
    'idempotency_key_reused',
  )
})
