import { setTimeout as sleep } from 'node:timers/promises'
import type { PaymentGateway } from '@holdfast/domain'
import test from 'ava'
import { okAsync, ResultAsync } from 'neverthrow'
import pg from 'pg'
import { openPlace, place, sell, startServiceIn } from './support.ts'

/** More than there are connections in the pool. */
const PAYERS = 30

const never = () => new ResultAsync<never, never>(new Promise(() => {}))

/** Hangs on every charge, without a timer that would keep the test's process. */
const hanging: PaymentGateway = {
  isAvailable: () => true,
  charge: never,
  identify: () => okAsync('gw_hanging'),
  lookup: (_key, gatewayId) => okAsync({ gatewayId, answer: undefined }),
  void: never,
  refund: never,
}

const isHeld = "state <> 'idle' and pid <> pg_backend_pid() and datname = current_database()"

test('While the gateway hangs on more payments than there are connections, orders are read, and no connection is held.', async (t) => {
  const where = await openPlace({ SHUTDOWN_GRACE: '0' })
  const api = await startServiceIn(where, { gateway: hanging })
  t.teardown(async () => {
    await api.service.stop()
    await where.remove()
  })
  const product = await sell(api, 1000)
  const orders: string[] = []
  for (let payer = 1; payer <= PAYERS; payer += 1) orders.push(await place(api, product, payer))
  const paying = orders.map((orderId) =>
    api.ask('POST', '/payment', { orderId }).catch(() => undefined),
  )
  const stateOf = async (id: string) => (await api.ask('GET', `/order/${id}`)).body.state
  for (const id of orders) while ((await stateOf(id)) !== 'PAYMENT_IN_PROGRESS') await sleep(10)

  const { database } = where.it.configuration
  if (database.kind === 'postgres' && !where.it.replacements.store) {
    const client = new pg.Client(database.url)
    await client.connect()
    const { rows } = await client.query(`select state, query from pg_stat_activity where ${isHeld}`)
    await client.end()
    t.deepEqual(rows, [])
  }
  t.is((await api.ask('POST', `/order/cancelorder/${orders[0]}`)).status, 409)
  t.is((await api.ask('GET', '/order?limit=100')).body.items.length, PAYERS)
  await api.service.stop()
  t.deepEqual(
    await Promise.all(paying),
    orders.map(() => undefined),
    'none of them was answered',
  )
})
