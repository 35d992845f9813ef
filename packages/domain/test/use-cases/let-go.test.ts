import { createUseCases } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, createWorld, granted, orderIn, refused } from '../support.ts'

const DAY = 86_400_000
const FAILED = ['ORDER_FAILED', 'PAYMENT_FAILED'] as const

for (const state of FAILED) {
  test(`an order that is ${state} stands in the way for a day, and then no more`, async (t) => {
    const world = await createWorld()
    const { id, lines } = await orderIn(world, state)
    const again = () => world.createOrder({ by: ann, lines })
    world.time.now += DAY - 1
    t.deepEqual(await world.expireOrders(), [])
    t.is((await refused(again(), 'duplicate_order')).order.id, id)
    world.time.now += 1
    t.like(await world.expireOrders(), [{ id, state }])
    const { history, ...order } = await world.stored(id)
    t.is(order.state, state)
    t.like(history.at(-1), { action: 'letGo', from: state, to: state, actor: 'system' })
    t.deepEqual(await world.expireOrders(), [], 'once is enough')
    t.true((await again()).isOk())
  })
}

test('an order that was let go can be retried, and stands in the way again from then on', async (t) => {
  const world = await createWorld()
  const failed = await orderIn(world, 'ORDER_FAILED')
  const declined = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += DAY
  t.is((await world.expireOrders()).length, 2)
  const retried = await granted(world.retryOrder({ by: ann, orderId: failed.id }))
  t.is(retried.state, 'ORDER_FAILED')
  await refused(world.createOrder({ by: ann, lines: failed.lines }), 'duplicate_order')
  world.gateway.script = 'declined'
  await granted(world.retryPayment({ by: ann, orderId: declined.id }))
  await refused(world.createOrder({ by: ann, lines: declined.lines }), 'duplicate_order')
  t.deepEqual(await world.expireOrders(), [], 'the day begins anew')
  world.time.now += DAY
  t.is((await world.expireOrders()).length, 2)
})

test('a retry of an order that was let go is refused where another one of its basket is open', async (t) => {
  const world = await createWorld()
  const failed = await orderIn(world, 'ORDER_FAILED')
  const declined = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += DAY
  await world.expireOrders()
  const newer = async (lines: typeof failed.lines) =>
    (await granted(world.createOrder({ by: ann, lines }))).id
  const instead = [await newer(failed.lines), await newer(declined.lines)]
  const one = await refused(world.retryOrder({ by: ann, orderId: failed.id }), 'duplicate_order')
  const retryPayment = () => world.retryPayment({ by: ann, orderId: declined.id })
  const two = await refused(retryPayment(), 'duplicate_order')
  t.deepEqual([one.order.id, two.order.id], instead)
  t.is((await world.stored(declined.id)).history.at(-1)?.action, 'letGo')
  await granted(world.cancelOrder({ by: ann, orderId: two.order.id }))
  t.is((await granted(retryPayment())).payment.state, 'SUCCEEDED')
})

test('a retry of an order that was let go is refused where another one of its basket was just paid', async (t) => {
  const world = await createWorld({ mug: 10 }, { duplicateWindowMs: 300_000 })
  const { id: orderId, lines } = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += DAY
  await world.expireOrders()
  const newer = await granted(world.createOrder({ by: ann, lines }))
  await granted(world.payOrder({ by: ann, orderId: newer.id }))
  const retry = () => world.retryPayment({ by: ann, orderId })
  t.is((await refused(retry(), 'duplicate_order')).order.id, newer.id)
  world.time.now += 300_000
  t.is((await granted(retry())).payment.state, 'SUCCEEDED')
})

test('an edit of an order that was let go looks for another one of its basket, even if it changes nothing', async (t) => {
  const world = await createWorld()
  const { id: orderId, lines } = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += DAY
  await world.expireOrders()
  await granted(world.createOrder({ by: ann, lines }))
  const edit = (basket: Readonly<Record<string, number>>) =>
    world.modifyOrder({ by: ann, orderId, lines: linesOf(basket) })
  await refused(edit({ mug: 2 }), 'duplicate_order')
  t.is((await granted(edit({ mug: 3 }))).state, 'PAYMENT_FAILED')
  await refused(world.createOrder({ by: ann, lines: linesOf({ mug: 3 }) }), 'duplicate_order')
})

test('an order that is retried while it is let go is one of the two', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += DAY
  const [retried, gone] = await Promise.all([
    world.retryPayment({ by: ann, orderId }),
    world.expireOrders(),
  ])
  t.true(retried.isOk())
  const actions = (await world.stored(orderId)).history.map(({ action }) => action)
  t.is(actions.filter((action) => action === 'letGo').length, gone.length)
  t.is((await world.stored(orderId)).state, 'PAYMENT_DONE')
})

test('a thousand failed orders are let go, whatever became of them, and their baskets are free', async (t) => {
  const world = await createWorld({ mug: 100 })
  const named = (count: number) => ({ user: `user-${count}` })
  for (let count = 0; count < 500; count += 1) {
    const by = named(count)
    await world.placed({ mug: 1000 }, by)
    const { id: orderId } = await world.placed({ mug: 1 }, by)
    world.gateway.script = 'declined'
    await granted(world.payOrder({ by, orderId }))
  }
  world.time.now += DAY
  t.is((await world.expireOrders()).length, 1000)
  t.deepEqual(await world.expireOrders(), [])
  for (let count = 0; count < 500; count += 1) {
    t.is((await world.placed({ mug: 1000 }, named(count))).state, 'ORDER_FAILED')
  }
})

test('where orders live for ever, none that failed is let go', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await orderIn(world, 'PAYMENT_FAILED')
  world.time.now += 900 * DAY
  const settings = { ...world.ports.settings, orderTtlMs: 0 }
  const { expireOrders } = createUseCases({ ...world.ports, settings })
  t.deepEqual(await expireOrders(), [])
  t.is((await granted(world.getOrder({ by: admin, orderId }))).version, 3)
})
