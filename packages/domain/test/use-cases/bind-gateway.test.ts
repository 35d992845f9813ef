import test from 'ava'
import { GATEWAY_ID } from '../scripted-gateway.ts'
import { ann, createWorld, granted, orderIn, refused, type World } from '../support.ts'

/** A world with an order in this state, as it was before there were bindings. */
const fromBefore = async (state: 'PAYMENT_DONE' | 'PAYMENT_IN_PROGRESS'): Promise<World> => {
  const world = await createWorld({ mug: 10 }, { isBound: false })
  const { boundGateway, transaction } = world.store
  world.store.boundGateway = async () => GATEWAY_ID
  world.store.transaction = (wanted, decide) =>
    transaction(wanted, (found) => decide({ ...found, boundGateway: GATEWAY_ID }))
  await orderIn(world, state)
  Object.assign(world.store, { boundGateway, transaction })
  return world
}

const boundIn = ({ memory }: World) => memory.boundGateway()

test('a database without payments is bound to the first gateway that answers, and stays so', async (t) => {
  const world = await createWorld({ mug: 10 }, { isBound: false })
  world.gateway.reachable = false
  await refused(world.bindGateway(), 'outcome_unknown')
  t.is(await boundIn(world), undefined)
  t.false(world.canCharge())
  world.gateway.reachable = true
  const bound = { gatewayId: GATEWAY_ID, before: undefined }
  t.deepEqual(await granted(world.bindGateway()), bound)
  t.true(world.canCharge())
  t.deepEqual(await granted(world.bindGateway()), { ...bound, before: GATEWAY_ID })
  world.gateway.id = 'gw_2'
  const refusal = await refused(world.bindGateway(), 'foreign_gateway')
  t.like(refusal, { boundTo: GATEWAY_ID, gatewayId: 'gw_2' })
  t.is(await boundIn(world), GATEWAY_ID)
})

test('a database that is bound is bound to another gateway only on purpose', async (t) => {
  const world = await createWorld()
  await orderIn(world, 'PAYMENT_DONE')
  world.gateway.id = 'gw_2'
  await refused(world.bindGateway(), 'foreign_gateway')
  const rebound = await granted(world.bindGateway({ onPurpose: true }))
  t.deepEqual(rebound, { gatewayId: 'gw_2', before: GATEWAY_ID })
  t.is(await boundIn(world), 'gw_2')
  t.true(world.canCharge())
})

test('a database from before is bound to the gateway that knows its newest payment that has ended', async (t) => {
  const world = await fromBefore('PAYMENT_DONE')
  t.is(await boundIn(world), undefined)
  t.is((await granted(world.bindGateway())).gatewayId, GATEWAY_ID)
})

test('a database from before is not bound to a gateway that denies what it did, not even on purpose', async (t) => {
  const world = await fromBefore('PAYMENT_DONE')
  world.gateway.forget()
  for (const onPurpose of [false, true]) {
    const refusal = await refused(world.bindGateway({ onPurpose }), 'unproven_gateway')
    t.like(refusal, { gatewayId: GATEWAY_ID, isDisproof: true })
    t.is(await boundIn(world), undefined)
  }
})

test('a gateway that only voided the newest payment does not prove itself by that: another one took the money before', async (t) => {
  const world = await fromBefore('PAYMENT_DONE')
  const { boundGateway, transaction } = world.store
  world.store.boundGateway = async () => 'gw_stray'
  world.store.transaction = (wanted, decide) =>
    transaction(wanted, (found) => decide({ ...found, boundGateway: 'gw_stray' }))
  const right = world.gateway.id
  world.gateway.id = 'gw_stray'
  const order = await world.placed({ mug: 1 })
  world.gateway.script = 'lost'
  await granted(world.payOrder({ by: ann, orderId: order.id }))
  world.gateway.forget()
  world.time.now += 180_000
  await world.reconcilePayments()
  Object.assign(world.store, { boundGateway, transaction })
  const refusal = await refused(world.bindGateway(), 'unproven_gateway')
  t.like(refusal, { gatewayId: 'gw_stray', isDisproof: true })
  t.is(await boundIn(world), undefined)
  world.gateway.id = right
})

test('a database from before, none of whose payments has ended, is bound to a gateway that knows the newest, or on purpose', async (t) => {
  const world = await fromBefore('PAYMENT_IN_PROGRESS')
  world.gateway.forget()
  const refusal = await refused(world.bindGateway(), 'unproven_gateway')
  t.like(refusal, { isDisproof: false })
  t.is((await granted(world.bindGateway({ onPurpose: true }))).gatewayId, GATEWAY_ID)
})

test('of two processes that bind a database to different gateways, the second hears of the first', async (t) => {
  const world = await createWorld({ mug: 10 }, { isBound: false })
  world.gateway.onTheWayBack = () => world.memory.bindGateway({ gatewayId: 'gw_first', at: 0 })
  t.like(await refused(world.bindGateway(), 'foreign_gateway'), { boundTo: 'gw_first' })
  t.is(await boundIn(world), 'gw_first')
})
