import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, euros, granted, refused } from '../support.ts'

test('an edit that is sent again with the version that it was made for is answered as the first', async (t) => {
  const world = await createWorld()
  const { id: orderId, version } = await world.placed({ mug: 1 })
  const request = { by: ann, orderId, lines: linesOf({ mug: 3 }), expectedVersions: [version] }
  const first = await granted(world.modifyOrder(request))
  await world.reprice('mug', euros(1))
  t.deepEqual(await granted(world.modifyOrder(request)), first)
  t.deepEqual(await world.stored(orderId), first)
  t.deepEqual(await world.stock('mug'), [10, 3])

  await refused(world.modifyOrder({ ...request, lines: linesOf({ mug: 4 }) }), 'version_mismatch')
  await granted(world.cancelOrder({ by: ann, orderId }))
  await refused(world.modifyOrder(request), 'version_mismatch')
})

/** An order for two of ten mugs whose charge has no answer. */
const underWay = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'silent'
  const { order } = await granted(world.payOrder({ by: ann, orderId }))
  const edit = (mug: number, expectedVersions: readonly number[]) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf({ mug }), expectedVersions })
  return { world, orderId, order, edit, calls: () => [...world.gateway.calls] }
}

test('an edit that superseded a payment and is sent again is answered as the first', async (t) => {
  const { world, orderId, order, edit, calls } = await underWay()
  const first = await granted(edit(3, [order.version]))
  const voids = calls()
  t.deepEqual(await granted(edit(3, [order.version])), first)
  t.deepEqual(calls(), voids)
  t.deepEqual(await world.stored(orderId), first)
  await refused(edit(3, [order.version - 1]), 'version_mismatch')
  await granted(world.retryPayment({ by: ann, orderId }))
  await refused(edit(3, [order.version]), 'version_mismatch')
})

test('of an edit that is sent twice at once while a payment is under way both are answered alike', async (t) => {
  const { order, edit } = await underWay()
  const [first, second] = await Promise.all([1, 2].map(() => granted(edit(3, [order.version]))))
  t.is(first?.version, order.version + 2)
  t.deepEqual(second, first)
})
