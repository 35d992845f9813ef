import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { bootPostgres } from '../../../../test/postgres-server.ts'
import { openShop, order, outcomeOf, query, sell } from './shop.ts'

test('a standby is an outage for writes and answers reads; once it is promoted, orders are taken', async (t) => {
  const server = await bootPostgres(['fsync=off'])
  t.teardown(server.stop)
  const shop = await openShop(t, server.url)
  const productId = await sell(shop)
  await server.crash()
  writeFileSync(join(server.dataFolder, 'standby.signal'), '')
  const promoted = server.start() // It is ready for connections of all kinds only then.
  const isStandby = () =>
    query<{ is: boolean }>(server.url, 'select pg_is_in_recovery() as is').catch(() => [])
  while (!(await isStandby())[0]?.is) await sleep(20)

  t.true((await outcomeOf(order(shop, productId))).unavailable)
  t.true((await outcomeOf(shop.store.hastenChecks(1))).unavailable)
  t.is((await shop.store.findProduct({ id: productId }))?.quantity, 100)

  await query(server.url, 'select pg_promote()')
  await promoted
  t.true((await order(shop, productId)).isOk())
})
