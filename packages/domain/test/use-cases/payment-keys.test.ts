import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, granted, orderIn, refused, type World } from '../support.ts'

/** An order for two of ten mugs, and a way to pay it with a key. */
const payable = async (script: World['gateway']['script']) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const counter = { replays: 0 }
  const withKey = (key: string, fingerprint = 'request-1') => {
    const onReplay = () => {
      counter.replays += 1
    }
    return world.payOrder({ by: ann, orderId, idempotency: { key, fingerprint, onReplay } })
  }
  return { world, orderId, withKey, counter }
}

for (const [script, state, moved] of [
  ['captured', 'SUCCEEDED', 1],
  ['declined', 'FAILED', 0],
] as const) {
  test(`a payment’s key gives the same ${state} payment again, and charges once`, async (t) => {
    const { world, withKey, counter } = await payable(script)
    const first = await granted(withKey('key-1'))
    t.is(first.payment.state, state)
    world.time.now += 1000
    t.is(JSON.stringify(await granted(withKey('key-1'))), JSON.stringify(first))
    t.is(counter.replays, 1)
    t.is(world.gateway.calls.length, 1)
    t.is(world.gateway.captures.length, moved)
  })
}

test('a payment’s key gives one answer, even if somebody else wrote it down and the order went on', async (t) => {
  const { world, orderId, withKey, counter } = await payable('declined')
  world.gateway.onTheWayBack = async () => {
    await world.reconcilePayments({ all: true })
    await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 1 }) }))
  }
  const first = await granted(withKey('key-1'))
  t.is(first.payment.state, 'FAILED')
  t.is(counter.replays, 0, 'nobody has had this answer before')
  t.is(JSON.stringify(await granted(withKey('key-1'))), JSON.stringify(first))
  t.is(counter.replays, 1)
})

test('while a payment is pending its key gives the payment as it stands, and begins no other', async (t) => {
  const { world, withKey, counter } = await payable('pending')
  const { payment, order } = await granted(withKey('key-1'))
  t.is(payment.state, 'PENDING')
  world.gateway.script = 'captured'
  t.deepEqual(await granted(withKey('key-1')), { payment, order })
  t.is(counter.replays, 0, 'nothing is finished that could be replayed')
  t.is(world.gateway.charges.length, 1)
  await refused(withKey('key-1', 'request-2'), 'idempotency_key_reused')
})

test('a payment’s key is finished by its conclusion, whoever brings that about', async (t) => {
  const { world, orderId, withKey, counter } = await payable('lost')
  const { payment } = await granted(withKey('key-1'))
  await world.reconcilePayments({ all: true })
  const { payment: ended, order } = await granted(withKey('key-1'))
  t.like(ended, { id: payment.id, state: 'SUCCEEDED' })
  t.deepEqual(order, await world.stored(orderId))
  t.is(counter.replays, 1)
  t.is(world.gateway.captures.length, 1)
})

test('a payment’s key is finished by an edit that fences it', async (t) => {
  const { world, orderId, withKey, counter } = await payable('silent')
  const { payment } = await granted(withKey('key-1'))
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  const again = await granted(withKey('key-1'))
  t.like(again.payment, { id: payment.id, state: 'FAILED', failure: { code: 'superseded' } })
  t.is(counter.replays, 1)
})

test('another key that met the payment while it was pending is finished with it', async (t) => {
  const { world, withKey, counter } = await payable('lost')
  const { payment } = await granted(withKey('key-1'))
  t.is((await granted(withKey('key-2'))).payment.id, payment.id)
  await world.reconcilePayments({ all: true })
  t.like(await granted(withKey('key-2')), { payment: { id: payment.id, state: 'SUCCEEDED' } })
  t.is(counter.replays, 1)
  t.is((await refused(withKey('key-3'), 'order_already_paid')).payment.id, payment.id)
  t.is(world.gateway.captures.length, 1)
})

test('a payment’s key still gives the failed payment after a retry has paid the order', async (t) => {
  const { world, orderId, withKey } = await payable('declined')
  const first = await granted(withKey('key-1'))
  world.gateway.script = 'captured'
  const retried = await granted(world.retryPayment({ by: ann, orderId }))
  t.deepEqual(await granted(withKey('key-1')), first)
  t.deepEqual(world.gateway.captures, [retried.payment.id])
})

test('a retry’s key is a key of its own attempt', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  const idempotency = { key: 'key-1', fingerprint: 'retry' }
  const retry = () => world.retryPayment({ by: ann, orderId, idempotency })
  const first = await granted(retry())
  t.is(first.payment.attempt, 2)
  t.deepEqual(await granted(retry()), first)
  t.is(world.gateway.captures.length, 1)
})

test('a key does not keep that there were too many attempts', async (t) => {
  const { world, orderId } = await payable('declined')
  await granted(world.payOrder({ by: ann, orderId }))
  const retry = (key?: string) =>
    world.retryPayment({
      by: ann,
      orderId,
      ...(key && { idempotency: { key, fingerprint: 'retry' } }),
    })
  for (let attempt = 2; attempt <= 5; attempt += 1) await granted(retry())
  const { retryAfterMs } = await refused(retry('key-1'), 'payment_attempts_exceeded')
  world.time.now += retryAfterMs
  world.gateway.script = 'captured'
  t.like(await granted(retry('key-1')), { payment: { state: 'SUCCEEDED', attempt: 6 } })
})
