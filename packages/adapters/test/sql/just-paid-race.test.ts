import { createUseCases, type Store, type UseCases } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { newId } from '../../src/new-id.ts'
import { postgres } from '../../src/sql/dialects.ts'
import {
  openPostgres,
  type PgConnection,
  type PgConnections,
} from '../../src/sql/postgres-connections.ts'
import { createPostgresDriver } from '../../src/sql/postgres-driver.ts'
import { createSqlStore } from '../../src/sql/sql-store.ts'
import { SETTINGS, temporaryPostgres } from '../support.ts'

const ann = { user: 'ann' }
const DAY = 86_400_000

/** What stands between what a transaction reads and what it writes: closed once, after the first read. */
type Gate = { isArmed: boolean; open: () => void; reached: Promise<void> }

/** Connections on which, once the gate is armed, the first write of a transaction waits for it; the others pass. */
const throughGate = (connections: PgConnections): { connections: PgConnections; gate: Gate } => {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const gate = { isArmed: false, open: opened.resolve, reached: reached.promise }
  const held = (connection: PgConnection): PgConnection => {
    let isHeld = false
    const query = (asked: { text: string }) => {
      if (gate.isArmed && asked.text.startsWith('insert into order_history')) {
        gate.isArmed = false
        isHeld = true
        reached.resolve()
      }
      const ask = () => connection.query(asked)
      return isHeld ? opened.promise.then(ask) : ask()
    }
    return new Proxy(connection, {
      get: (it, name) => (name === 'query' ? query : Reflect.get(it, name)),
    })
  }
  const lend: PgConnections['lend'] = (use) => connections.lend((each) => use(held(each)))
  return { connections: { ...connections, lend }, gate }
}

/** Two servers on one database: one that can be held between its reads and its writes, and one that nobody holds. */
const openTwo = async (t: ExecutionContext) => {
  const { store, url } = await temporaryPostgres(t)
  const { connections, gate } = throughGate(openPostgres(url, 10))
  const driver = createPostgresDriver(connections)
  t.teardown(() => driver.close())
  const ledger = openFakeLedger(':memory:')
  t.teardown(ledger.close)
  await store.bindGateway({ gatewayId: ledger.gatewayId, at: 0 })
  const time = { now: DAY }
  const clock = { now: () => time.now }
  const gateway = createFakeGateway({ ledger, clock })
  const serverOn = (on: Store) =>
    createUseCases({ store: on, gateway, clock, newId, settings: SETTINGS })
  const free = serverOn(store)
  const details = { sku: 'mug', name: 'Mug', description: '', quantity: 100 }
  const price = { amountMinor: 100, currency: 'EUR' }
  const mug = (
    await free.createProduct({ by: { operator: 'cli' }, ...details, price })
  )._unsafeUnwrap()
  return {
    ...{ free, gate, time, store },
    slow: serverOn(createSqlStore(driver, postgres)),
    lines: (quantity: number) => [{ productId: mug.id, quantity }],
  }
}

type Two = Awaited<ReturnType<typeof openTwo>>

/** What is done slowly while the other server places and pays one mug: what comes of it, and what was paid. */
const overtaken = async (
  { free, slow, gate, lines }: Two,
  act: (useCases: UseCases) => ReturnType<UseCases['modifyOrder' | 'createOrder' | 'retryPayment']>,
) => {
  gate.isArmed = true
  const acting = act(slow)
  await gate.reached
  const placed = (await free.createOrder({ by: ann, lines: lines(1) }))._unsafeUnwrap()
  const paid = (await free.payOrder({ by: ann, orderId: placed.id }))._unsafeUnwrap()
  gate.open()
  return { result: await acting, paid: paid.order }
}

const isRefusedFor = (
  t: ExecutionContext,
  { result, paid }: Awaited<ReturnType<typeof overtaken>>,
) => {
  t.is(paid.state, 'PAYMENT_DONE')
  const refusal = result._unsafeUnwrapErr()
  t.is(refusal.code, 'duplicate_order')
  t.is('order' in refusal ? refusal.order.id : '', paid.id)
}

test('an order that was placed and paid between the reads and the writes of another of its basket stops that one', async (t) => {
  const two = await openTwo(t)
  const lines = two.lines(1)
  isRefusedFor(t, await overtaken(two, (slow) => slow.createOrder({ by: ann, lines })))
  t.is((await two.store.listOrders({ limit: 9 })).length, 1)
})

test('an order that was placed and paid between the reads and the writes of an edit to its basket stops that edit', async (t) => {
  const two = await openTwo(t)
  const { id: orderId } = (
    await two.free.createOrder({ by: ann, lines: two.lines(2) })
  )._unsafeUnwrap()
  const lines = two.lines(1)
  isRefusedFor(t, await overtaken(two, (slow) => slow.modifyOrder({ by: ann, orderId, lines })))
  t.is((await two.store.findOrder({ orderId }))?.version, 1)
})

test('an order that was placed and paid between the reads and the writes of a retry of one that was let go stops that retry', async (t) => {
  const two = await openTwo(t)
  const { free, time, lines } = two
  const { id: orderId } = (await free.createOrder({ by: ann, lines: lines(1) }))._unsafeUnwrap()
  await free.payOrder({ by: ann, orderId, paymentMethod: 'fake_decline' })
  time.now += DAY
  t.is((await free.expireOrders()).length, 1)
  isRefusedFor(t, await overtaken(two, (slow) => slow.retryPayment({ by: ann, orderId })))
  t.is((await two.store.findOrder({ orderId }))?.payments.length, 1)
})

test('a duplicate that was asked for is placed whatever was paid in between', async (t) => {
  const two = await openTwo(t)
  const create = { by: ann, lines: two.lines(1), allowDuplicate: true }
  const { result } = await overtaken(two, (slow) => slow.createOrder(create))
  t.true(result.isOk())
})
