import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, createWorld, granted, refused, type World } from '../support.ts'

const limit = (world: World, maxPerOrder: number | null) =>
  granted(world.updateProduct({ by: admin, productId: 'prod_mug', maxPerOrder }))

test('a limit holds wherever lines are set: at a create, an edit and a retry of an order', async (t) => {
  const world = await createWorld({ mug: 10 })
  const { id: orderId } = await world.placed({ mug: 2 })
  const failed = await world.placed({ mug: 11 })
  t.is(failed.state, 'ORDER_FAILED')
  await limit(world, 3)
  const lines = linesOf({ mug: 4 })
  const refusals = [
    await refused(world.createOrder({ by: ann, lines }), 'quantity_limit_exceeded'),
    await refused(world.modifyOrder({ by: ann, orderId, lines }), 'quantity_limit_exceeded'),
    await refused(world.retryOrder({ by: ann, orderId: failed.id }), 'quantity_limit_exceeded'),
  ]
  for (const { errors } of refusals) t.like(errors, [{ pointer: '/lines/0/quantity' }])
  t.deepEqual(await world.stock('mug'), [10, 2])
  t.deepEqual(await world.stored(failed.id), failed)
  const edited = await granted(world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }))
  t.is(edited.lines[0]?.quantity, 3)
})

test('an order that holds more than a limit which came later keeps it and can be paid', async (t) => {
  const world = await createWorld({ mug: 10 })
  const { id: orderId } = await world.placed({ mug: 5 })
  await limit(world, 1)
  world.gateway.script = 'declined'
  await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.script = 'captured'
  t.is((await granted(world.retryPayment({ by: ann, orderId }))).payment.state, 'SUCCEEDED')
})

test('a limit is set, left as it is, and taken away again', async (t) => {
  const world = await createWorld({ mug: 10 })
  t.is((await limit(world, 3)).maxPerOrder, 3)
  const renamed = await granted(
    world.updateProduct({ by: admin, productId: 'prod_mug', name: 'Cup' }),
  )
  t.is(renamed.maxPerOrder, 3)
  t.is((await limit(world, null)).maxPerOrder, null)
  const faulty = world.updateProduct({ by: admin, productId: 'prod_mug', maxPerOrder: 0 })
  t.like(await refused(faulty, 'invalid_request'), { errors: [{ pointer: '/maxPerOrder' }] })
})

test('to take a limit away is another edit than to leave it, when it is sent again', async (t) => {
  const world = await createWorld({ mug: 10 })
  const change = { by: admin, productId: 'prod_mug', expectedVersions: [1], name: 'Cup' }
  const first = await granted(world.updateProduct({ ...change, maxPerOrder: null }))
  t.deepEqual(await granted(world.updateProduct({ ...change, maxPerOrder: null })), first)
  await refused(world.updateProduct(change), 'version_mismatch')
})
