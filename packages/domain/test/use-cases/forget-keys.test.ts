import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, granted } from '../support.ts'

const DAY = 86_400_000
const idempotency = { key: 'key-1', fingerprint: 'request-1' }

test('a key is kept for its lifetime, and then forgotten', async (t) => {
  const world = await createWorld()
  const place = () =>
    granted(
      world.createOrder({
        by: ann,
        lines: linesOf({ mug: 1 }),
        allowDuplicate: true,
        idempotency,
      }),
    )
  const first = await place()
  world.time.now += DAY
  t.is(await world.forgetKeys(), 0)
  t.is((await place()).id, first.id)
  world.time.now += 1
  t.is(await world.forgetKeys(), 1)
  t.is(await world.forgetKeys(), 0)
  t.not((await place()).id, first.id)
})

test('a key whose payment is pending is never forgotten', async (t) => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  world.gateway.script = 'lost'
  const pay = () => granted(world.payOrder({ by: ann, orderId, idempotency }))
  const { payment } = await pay()
  world.time.now += 30 * DAY
  t.is(await world.forgetKeys(), 0)
  t.is((await pay()).payment.id, payment.id)
  t.is(world.gateway.captures.length, 1)

  await world.reconcilePayments({ all: true })
  t.is(await world.forgetKeys(), 1)
})
