import test from 'ava'
import { ann, createWorld, granted } from '../support.ts'

const DAY = 86_400_000

test('an order that nobody pays is cancelled by the system after a day, and its stock released', async (t) => {
  const world = await createWorld()
  const { id } = await world.placed({ mug: 2 })
  world.time.now += DAY - 1
  t.deepEqual(await world.expireOrders(), [])
  world.time.now += 1
  t.like(await world.expireOrders(), [{ id, state: 'ORDER_CANCELLED' }])
  const order = await world.stored(id)
  t.like(order.history.at(-1), { action: 'cancel', actor: 'system', reason: 'expired' })
  t.deepEqual(await world.stock('mug'), [10, 0])
  t.deepEqual(await world.expireOrders(), [])
})

test('an order whose payment is in progress never expires, however long it takes', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = 'silent'
  await granted(world.payOrder({ by: ann, orderId }))
  world.time.now += 9 * DAY
  t.deepEqual(await world.expireOrders(), [])
  t.is((await world.stored(orderId)).state, 'PAYMENT_IN_PROGRESS')
})

test('an order that is being paid while it expires is one of the two, and its stock agrees', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.time.now += DAY
  const [paid, expired] = await Promise.all([
    world.payOrder({ by: ann, orderId }),
    world.expireOrders(),
  ])
  t.is(Number(paid.isOk()) + expired.length, 1)
  t.deepEqual(await world.stock('mug'), paid.isOk() ? [8, 0] : [10, 0])
})

test('every order that is due expires, however many there are', async (t) => {
  const world = await createWorld({ mug: 1000 })
  for (let count = 1; count <= 120; count += 1)
    await world.placed({ mug: count % 7 || 1 }, named(count))
  world.time.now += DAY
  t.is((await world.expireOrders()).length, 120)
  t.deepEqual(await world.stock('mug'), [1000, 0])
})

const named = (count: number) => ({ user: `user-${count}` })
