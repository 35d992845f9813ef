import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, createWorld, granted, orderIn, refused } from '../support.ts'

test('an order that has changed is not cancelled for somebody who saw it before', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await world.placed({ mug: 2 })
  const edited = await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  const cancel = (expected: number, by: typeof ann | typeof admin = ann) =>
    world.cancelOrder({ by, orderId, expectedVersions: [expected] })
  const refusal = await refused(cancel(version), 'version_mismatch')
  t.deepEqual('order' in refusal && refusal.order, edited)
  t.deepEqual(await world.stored(orderId), edited)
  const cancelled = await granted(cancel(edited.version))
  t.deepEqual(await granted(cancel(edited.version)), cancelled, 'the same again')
  t.deepEqual(await granted(cancel(cancelled.version)), cancelled)
  await refused(cancel(version), 'version_mismatch')
  await refused(cancel(edited.version, admin), 'version_mismatch')
})

test('a cancellation that the gateway is asked for is refused by the state, not by the version', async (t) => {
  const world = await createWorld()
  const order = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  world.gateway.script = 'captured'
  const payment = order.payments[0]?.id ?? ''
  world.gateway.captureAnyway(payment)
  const cancel = (version: number) =>
    world.cancelOrder({ by: ann, orderId: order.id, expectedVersions: [version] })
  await refused(cancel(order.version - 1), 'version_mismatch')
  const refusal = await refused(cancel(order.version), 'illegal_transition')
  t.is(refusal.order.state, 'PAYMENT_DONE')
})

test('an order that has changed is not tried again for somebody who saw it before', async (t) => {
  const world = await createWorld({ mug: 0 })
  const failed = await world.placed({ mug: 1 })
  const retry = (expected: number) =>
    world.retryOrder({ by: ann, orderId: failed.id, expectedVersions: [expected] })
  const again = await granted(retry(failed.version))
  await world.restock('mug', 1)
  await refused(retry(failed.version), 'version_mismatch')
  t.is((await granted(retry(again.version))).state, 'CREATED')
})

test('an order that has changed is not paid for by somebody who saw it before', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await world.placed({ mug: 2 })
  await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  const pay = (expected: number) =>
    world.payOrder({ by: ann, orderId, expectedVersions: [expected] })
  await refused(pay(version), 'version_mismatch')
  t.deepEqual(world.gateway.calls, [])
  world.gateway.script = 'pending'
  const { payment } = await granted(pay(version + 1))
  t.is((await granted(pay(version + 1))).payment.id, payment.id, 'the payment of this version')
  t.is((await granted(pay(version + 2))).payment.id, payment.id)
  await refused(pay(version), 'version_mismatch')
  world.gateway.decide(payment.id, 'captured')
  t.is((await granted(pay(version + 1))).payment.state, 'SUCCEEDED')
  t.is((await refused(pay(version), 'order_already_paid')).payment.id, payment.id)
})

test('a payment is retried of the version that was seen, with lines or without', async (t) => {
  for (const lines of [undefined, linesOf({ mug: 3 })]) {
    const world = await createWorld()
    const failed = await orderIn(world, 'PAYMENT_FAILED')
    const retry = (expected: number) =>
      world.retryPayment({ by: ann, orderId: failed.id, lines, expectedVersions: [expected] })
    await refused(retry(failed.version - 1), 'version_mismatch')
    world.gateway.script = 'silent'
    const { payment } = await granted(retry(failed.version))
    t.is((await granted(retry(failed.version))).payment.id, payment.id)
    await refused(retry(failed.version - 1), 'version_mismatch')
  }
})

test('why an order was edited or cancelled stands in its history, for at most 200 characters', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  const edit = (reason: string) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }), reason })
  await refused(edit(''), 'invalid_request')
  await refused(edit('x'.repeat(201)), 'invalid_request')
  await refused(edit('\u0000'), 'invalid_request')
  await granted(edit('x'.repeat(200)))
  const { history } = await granted(world.cancelOrder({ by: ann, orderId, reason: 'Too late' }))
  t.deepEqual(
    history.map(({ reason }) => reason),
    [null, 'x'.repeat(200), 'Too late'],
  )
})

test('an edit’s reason does not stand for the fence that came before it', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await orderIn(world, 'PAYMENT_IN_PROGRESS')
  const edit = (reason: string) =>
    world.modifyOrder({
      ...{ by: ann, orderId, lines: linesOf({ mug: 3 }), reason },
      expectedVersions: [version],
    })
  const first = await granted(edit('One more'))
  t.deepEqual(
    first.history.slice(-2).map(({ reason }) => reason),
    ['superseded', 'One more'],
  )
  t.deepEqual(await granted(edit('One more')), first)
  await refused(edit('Another'), 'version_mismatch')
})

test('a payment that another edit has begun is not given to somebody who has seen the lines of before', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await orderIn(world, 'PAYMENT_FAILED')
  world.gateway.script = 'silent'
  const lines = linesOf({ mug: 3 })
  const seen = { by: ann, orderId, expectedVersions: [version] }
  const { payment } = await granted(world.retryPayment({ ...seen, lines }))
  await refused(world.retryPayment(seen), 'version_mismatch')
  t.is((await granted(world.retryPayment({ ...seen, lines }))).payment.id, payment.id)
})
