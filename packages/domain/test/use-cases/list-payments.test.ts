import test from 'ava'
import { ann, bob, createWorld, granted, type World } from '../support.ts'

test('everybody’s payments are listed, newest first, page by page, and by state', async (t) => {
  const world = await createWorld()
  const pay = async (quantity: number, by: typeof ann, script: World['gateway']['script']) => {
    world.gateway.script = script
    const { id: orderId } = await world.placed({ mug: quantity }, by)
    return (await granted(world.payOrder({ by, orderId }))).payment.id
  }
  const [first, second, third] = [
    await pay(1, ann, 'silent'),
    await pay(2, bob, 'captured'),
    await pay(3, ann, 'silent'),
  ]
  const page = async (asked: Parameters<typeof world.listPayments>[0]) => {
    const { items, nextCursor } = await granted(world.listPayments(asked))
    return [items.map(({ id }) => id), nextCursor]
  }
  t.deepEqual(await page({ limit: 2 }), [[third, second], second])
  t.deepEqual(await page({ limit: 2, after: second }), [[first], null])
  t.deepEqual(await page({ limit: 1, state: 'PENDING' }), [[third], third])
  t.deepEqual(await page({ limit: 9, state: 'SUCCEEDED', overdue: false }), [[second], null])
  t.deepEqual(await page({ limit: 9, overdue: true }), [[], null])
})
