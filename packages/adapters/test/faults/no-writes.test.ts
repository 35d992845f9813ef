import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import Database from 'better-sqlite3'
import { bootPostgres } from '../../../../test/postgres-server.ts'
import { createWriteWatch, LIMIT_MS } from '../../../http/src/operation/write-watch.ts'
import { handClock } from '../../../http/test/one-service.ts'
import { sqlite } from '../../src/sql/dialects.ts'
import { createSqlStore } from '../../src/sql/sql-store.ts'
import { openSqlite } from '../../src/sql/sqlite-connections.ts'
import { createSqliteDriver } from '../../src/sql/sqlite-driver.ts'
import { temporarySqlite } from '../support.ts'
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
  t.true((await outcomeOf(shop.store.hastenChecks('pending', { now: 1, latest: 1 }))).unavailable)
  t.is((await shop.store.findProduct({ id: productId }))?.quantity, 100)

  await query(server.url, 'select pg_promote()')
  await promoted
  t.true((await order(shop, productId)).isOk())
})

test('a lost synchronous standby stops writes, of which one hangs at the server however often it is tried; reads go on', async (t) => {
  const server = await bootPostgres(['fsync=off'])
  t.teardown(server.stop)
  const shop = await openShop(t, server.url)
  const productId = await sell(shop)
  await shop.store.proveWritable(1)
  const standbys = async (names: string) => {
    await query(server.url, `alter system set synchronous_standby_names = '${names}'`)
    await query(server.url, 'select pg_reload_conf()')
    const shown = 'show synchronous_standby_names'
    while (Object.values((await query(server.url, shown))[0] ?? {})[0] !== names) await sleep(20)
  }
  const clock = handClock()
  const { look, notSince } = createWriteWatch({ store: shop.store, clock })
  await look()
  await standbys('nobody')
  const begunAt = clock.now()
  for (let times = 0; times < 3; times += 1) {
    await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
    clock.forward(LIMIT_MS)
    t.is(notSince(), times === 0 ? undefined : begunAt, 'one failure says nothing yet')
    t.is((await shop.store.findProduct({ id: productId }))?.quantity, 100)
  }
  const hanging = `select from pg_stat_activity where wait_event = 'SyncRep'`
  t.is((await query(server.url, hanging)).length, 1)

  await standbys('')
  await look()
  t.is(notSince(), undefined)
  t.true((await order(shop, productId)).isOk())
})

test('a SQLite file that another process keeps locked takes no writes, and answers reads', async (t) => {
  const { store: patient, filename } = await temporarySqlite(t)
  const driver = createSqliteDriver(openSqlite(filename, 50))
  t.teardown(() => driver.close())
  const store = createSqlStore(driver, sqlite)
  const clock = handClock()
  const { look, notSince } = createWriteWatch({ store, clock })
  await look()
  const other = new Database(filename)
  t.teardown(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const begunAt = clock.now()
  await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
  clock.forward(LIMIT_MS)
  await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
  t.is(notSince(), begunAt)
  t.deepEqual(await store.listProducts({ limit: 1 }), [])
  await patient.ping()
  other.exec('ROLLBACK')
  await look()
  t.is(notSince(), undefined)
})
