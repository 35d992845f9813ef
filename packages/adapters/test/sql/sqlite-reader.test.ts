import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import Database from 'better-sqlite3'
import { openDatabase } from '../../src/open-database.ts'
import { createSqliteReadDriver } from '../../src/sql/sqlite-read-driver.ts'
import { temporarySqlite } from '../support.ts'

const products = { sql: 'select name from products order by id', params: [] }
const add = (id: string) => ({
  sql: `insert into products (id, sku, name, description, price_minor, currency, quantity, reserved, created_at, updated_at)
    values (?, ?, ?, '', 1, 'EUR', 0, 0, 0, 0)`,
  params: [id, id, id],
})

/** Every file beside the database, with its bytes. */
const filesBeside = (filename: string) => {
  const folder = dirname(filename)
  return readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, 'base64')])
}

test('a file at rest is read without a trace, however often and in whatever way', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.write(add('mug'))
  await driver.close()
  const before = filesBeside(filename)
  t.is(before.length, 1)
  const { driver: reader } = openDatabase({ database: { kind: 'sqlite', file: filename } }, 'read')
  for (let times = 0; times < 3; times += 1) {
    t.like(await reader.read([products]), [[{ name: 'mug' }]])
    t.like(await reader.snapshot((run) => run(products.sql)), [{ name: 'mug' }])
  }
  await reader.close()
  t.deepEqual(filesBeside(filename), before)
})

test('beside a writer all is seen that was committed, and a snapshot stays as it was', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.write(add('cup'))
  const reader = createSqliteReadDriver(filename)
  await reader.snapshot(async (run) => {
    t.is((await run(products.sql)).length, 1)
    await driver.write(add('mug'))
    t.is((await run(products.sql)).length, 1)
    t.is((await reader.read([products]))[0]?.length, 2)
  })
})

test('a file that changes while it is read as one at rest is told as busy, not read in two minds', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.write(add('cup'))
  await driver.close()
  copyFileSync(filename, `${filename}.copy`)
  const reader = createSqliteReadDriver(filename)
  const late = reader.snapshot(async (run) => {
    await run(products.sql)
    writeFileSync(filename, readFileSync(`${filename}.copy`))
    utimesSync(filename, 0, 1)
    return run(products.sql)
  })
  await t.throwsAsync(late, { instanceOf: StoreUnavailable, message: /begun to write/ })
})

test('a database that is open for reading refuses to write', async (t) => {
  const { filename } = await temporarySqlite(t)
  const reader = createSqliteReadDriver(filename)
  const tries = [
    () => reader.write(add('mug')),
    () => reader.transaction([], () => ({ value: 1, writes: [] })),
    () => reader.migration(async () => 1),
  ]
  for (const attempt of tries) await t.throwsAsync(attempt, { message: /only reads/ })
  // Whoever calls a delete a read meets SQLite itself.
  await t.throwsAsync(reader.snapshot((run) => run('delete from products returning id')))
})

test('a database behind a link is read with what its writers have not carried over yet', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.write(add('cup'))
  const link = `${dirname(filename)}/elsewhere/link.db`
  mkdirSync(dirname(link))
  symlinkSync(filename, link)
  const { driver: reader } = openDatabase({ database: { kind: 'sqlite', file: link } }, 'read')
  t.like(await reader.read([products]), [[{ name: 'cup' }]])
  await driver.write(add('mug'))
  t.is((await reader.read([products]))[0]?.length, 2)
  await reader.close()
})

test('a database that another process has to itself is an outage, not a bug', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.write(add('cup'))
  await driver.close()
  const selfish = new Database(filename)
  t.teardown(() => selfish.close())
  selfish.pragma('locking_mode = exclusive')
  selfish.exec('begin exclusive')
  t.throws(() => openDatabase({ database: { kind: 'sqlite', file: filename } }, 'read'), {
    instanceOf: StoreUnavailable,
  })
})
