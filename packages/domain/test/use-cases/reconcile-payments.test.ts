import test from 'ava'
import { ann, createWorld, granted, type World } from '../support.ts'

const SECOND = 1000
const DEADLINE = 180 * SECOND

/** An order for two of ten mugs with a payment that was begun at noon and has no outcome yet. */
const pending = async (script: World['gateway']['script'] = 'silent') => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const { payment } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.calls.length = 0
  const noon = world.time.now
  const stored = () => world.stored(orderId)
  /** A round at an age of the payment. */
  const at = (ageMs: number) => {
    world.time.now = noon + ageMs
    return world.reconcilePayments()
  }
  return { world, orderId, paymentId: payment.id, stored, at, noon }
}

test('a payment is asked about at 2, 5, 15, 30, 60, 120 and 180 seconds, and not between', async (t) => {
  const { world, paymentId, at } = await pending()
  const lookups = () => world.gateway.calls.filter((call) => call === `lookup ${paymentId}`).length
  const asked: number[] = []
  for (let second = 0; second <= 180; second += 1) {
    const before = lookups()
    await at(second * SECOND)
    if (lookups() > before) asked.push(second)
  }
  t.deepEqual(asked, [2, 5, 15, 30, 60, 120, 180])
})

test('a payment that was captured without an answer is concluded when it is found', async (t) => {
  const { world, paymentId, stored, at } = await pending('lost')
  const { concluded, stillPending } = await at(2 * SECOND)
  t.like(concluded, [{ id: paymentId, state: 'SUCCEEDED' }])
  t.deepEqual(stillPending, [])
  const order = await stored()
  t.is(order.state, 'PAYMENT_DONE')
  t.like(order.history.at(-1), { actor: 'system', paymentId, at: world.time.now })
  t.deepEqual(await world.stock('mug'), [8, 0])
  t.deepEqual(world.gateway.captures, [paymentId])
  t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`])

  await at(5 * SECOND)
  await world.reconcilePayments({ all: true })
  t.is(world.gateway.calls.length, 1, 'what has ended is asked about no more')
  t.deepEqual(await stored(), order)
})

for (const [state, ends, stock] of [
  ['captured', 'PAYMENT_DONE', [8, 0]],
  ['declined', 'PAYMENT_FAILED', [10, 0]],
] as const) {
  test(`a charge that is ${state} late is concluded as such at the next check`, async (t) => {
    const { world, paymentId, stored, at } = await pending('pending')
    t.like((await at(2 * SECOND)).stillPending, [{ id: paymentId, overdue: false }])
    t.is((await stored()).state, 'PAYMENT_IN_PROGRESS')
    world.gateway.decide(paymentId, state)
    await at(5 * SECOND)
    t.is((await stored()).state, ends)
    t.deepEqual(await world.stock('mug'), stock)
  })

  test(`a charge that was ${state} is concluded even if it is found after the deadline`, async (t) => {
    const { world, paymentId, stored, at } = await pending('pending')
    world.gateway.decide(paymentId, state)
    await at(DEADLINE + 1000 * SECOND)
    t.is((await stored()).state, ends)
    t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`], 'there is nothing to fence')
  })
}

for (const script of ['silent', 'pending'] as const) {
  test(`at the deadline a charge that is ${script} is fenced, and the stock released`, async (t) => {
    const { world, paymentId, stored, at } = await pending(script)
    await at(DEADLINE - 1)
    t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`])
    t.is((await stored()).payments[0]?.state, 'PENDING')

    const { concluded } = await at(DEADLINE)
    t.deepEqual(world.gateway.calls.slice(1), [`lookup ${paymentId}`, `void ${paymentId}`])
    t.like(concluded, [{ state: 'FAILED', failure: { code: 'acknowledgement_timeout' } }])
    const order = await stored()
    t.is(order.state, 'PAYMENT_FAILED')
    t.is(order.history.at(-1)?.reason, 'acknowledgement_timeout')
    t.deepEqual(await world.stock('mug'), [10, 0])

    world.gateway.decide(paymentId, 'captured')
    t.deepEqual(world.gateway.captures, [], 'a charge that arrives later is refused')
  })
}

test('a fence that finds the money taken in the last moment concludes a success', async (t) => {
  const { world, paymentId, stored, at } = await pending('pending')
  world.gateway.onTheWayBack = async () => world.gateway.decide(paymentId, 'captured')
  await at(DEADLINE)
  t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`, `void ${paymentId}`])
  t.is((await stored()).state, 'PAYMENT_DONE')
  t.deepEqual(world.gateway.captures, [paymentId])
  t.deepEqual(await world.stock('mug'), [8, 0])
})

test('while the gateway is out of reach nothing is guessed: pending, and overdue in the end', async (t) => {
  const { world, stored, at } = await pending('lost')
  world.gateway.reachable = false
  const before = await stored()
  t.like((await at(2 * SECOND)).stillPending, [{ state: 'PENDING', overdue: false }])
  t.like((await at(DEADLINE)).stillPending, [{ state: 'PENDING', overdue: true }])
  const order = await stored()
  t.is(order.state, 'PAYMENT_IN_PROGRESS')
  t.like(order.payments, [{ state: 'PENDING', overdue: true }])
  t.deepEqual([order.version, order.history], [before.version, before.history])
  t.deepEqual(await world.stock('mug'), [10, 2])

  world.gateway.reachable = true
  await world.reconcilePayments({ all: true })
  t.like((await stored()).payments, [{ state: 'SUCCEEDED', overdue: false }])
})

test('a lookup that answers and a fence that does not leave the payment overdue', async (t) => {
  const { world, paymentId, stored, at } = await pending('pending')
  world.gateway.onTheWayBack = async () => {
    world.gateway.reachable = false
  }
  await at(DEADLINE)
  t.deepEqual(world.gateway.calls, [`lookup ${paymentId}`, `void ${paymentId}`])
  t.like((await stored()).payments, [{ state: 'PENDING', overdue: true }])
  t.deepEqual(await world.stock('mug'), [10, 2])
})

test('an overdue payment is asked about with growing gaps of at most an hour', async (t) => {
  const { world, stored, at, noon } = await pending()
  world.gateway.reachable = false
  let [age, gap] = [DEADLINE, 0]
  for (let round = 0; round < 12; round += 1) {
    await at(age)
    const next = ((await stored()).payments[0]?.nextCheckAt ?? 0) - noon
    t.true(next - age >= gap && next - age <= 3600 * SECOND, `${age} -> ${next}`)
    gap = next - age
    age = next
  }
  t.is(gap, 3600 * SECOND)
})

test('at start-up every pending payment is asked about, due or not', async (t) => {
  const { world, paymentId } = await pending('lost')
  t.deepEqual(await world.reconcilePayments(), { concluded: [], stillPending: [], owed: [] })
  t.like(await world.reconcilePayments({ all: true }), { concluded: [{ id: paymentId }] })
})

test('a round tells apart what was concluded and what is still pending', async (t) => {
  const { world, paymentId } = await pending('lost')
  world.gateway.script = 'pending'
  const other = await world.placed({ mug: 1 })
  const { payment } = await granted(world.payOrder({ by: ann, orderId: other.id }))
  const { concluded, stillPending } = await world.reconcilePayments({ all: true })
  t.deepEqual(
    [concluded.map(({ id }) => id), stillPending.map(({ id }) => id)],
    [[paymentId], [payment.id]],
  )
})

test('at start-up every pending payment is asked about, however many there are', async (t) => {
  const world = await createWorld({ mug: 10_000 })
  world.gateway.script = 'lost'
  for (let mug = 1; mug <= 101; mug += 1) {
    const { id: orderId } = await world.placed({ mug })
    await granted(world.payOrder({ by: ann, orderId }))
  }
  let asked = 0
  const onAsked = () => {
    asked += 1
  }
  t.is((await world.reconcilePayments({ all: true, onAsked })).concluded.length, 101)
  t.is(asked, 101, 'whoever watches hears of each')
})
