import test from 'ava'
import { ann, createWorld, granted } from '../support.ts'

const MINUTE = 60_000

/** An order of a mug, and what its payment is said to be, in the answers and in the store. */
const anOrder = async () => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 1 })
  const pay = () => granted(world.payOrder({ by: ann, orderId }))
  const stored = async () => (await world.store.findOrder({ orderId }))?.payments[0]?.outcome
  return { world, pay, stored }
}

test('a payment that the gateway works on is processing, and one that has ended is nothing of the kind', async (t) => {
  const { world, pay, stored } = await anOrder()
  world.gateway.script = 'pending'
  const { payment, order } = await pay()
  t.is(payment.outcome, 'processing')
  t.deepEqual(order.payments, [payment])
  t.is(await stored(), 'processing')
  world.gateway.decide(payment.id, 'captured')
  t.like(await pay(), { payment: { state: 'SUCCEEDED', outcome: null } })
  t.is(await stored(), null)
})

test('the outcome of a payment is unknown while the gateway has given no usable answer', async (t) => {
  const { world, pay, stored } = await anOrder()
  world.gateway.script = 'pending'
  await pay()
  world.gateway.reachable = false
  t.is((await pay()).payment.outcome, 'unknown')
  t.is(await stored(), 'unknown')
  world.gateway.reachable = true
  t.is((await pay()).payment.outcome, 'processing')
})

test('a payment that the gateway has never heard of is not seen, if its charge is not sent again', async (t) => {
  const { world, pay, stored } = await anOrder()
  world.gateway.script = 'silent'
  t.is((await pay()).payment.outcome, 'unknown')
  t.is((await pay()).payment.outcome, 'unknown') // Sent again, and whether that arrived is not known.
  world.time.now += MINUTE
  const { stillPending } = await world.reconcilePayments()
  t.deepEqual(
    stillPending.map(({ outcome }) => outcome),
    ['not_seen'],
  )
  t.is(await stored(), 'not_seen')
})
