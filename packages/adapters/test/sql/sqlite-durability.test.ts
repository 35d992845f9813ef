import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import Database from 'better-sqlite3'
import { sqlite } from '../../src/sql/dialects.ts'
import { emptySchema, migrate, WrongSchema } from '../../src/sql/migrate.ts'
import { type Connections, openSqlite } from '../../src/sql/sqlite-connections.ts'
import { createSqliteDriver } from '../../src/sql/sqlite-driver.ts'
import { temporaryFolder } from '../support.ts'

const opened = async (t: ExecutionContext, busyTimeoutMs?: number) => {
  const filename = `${temporaryFolder(t)}/holdfast.db`
  const connections = openSqlite(filename, busyTimeoutMs)
  const driver = createSqliteDriver(connections)
  await migrate(driver, sqlite)
  t.teardown(() => driver.close())
  return { filename, connections, driver }
}

/** What goes to stdout, which is for data alone; knex would tell its troubles there. */
const printed: unknown[] = []
console.log = (...told: unknown[]) => printed.push(...told)
test.after('what goes wrong is thrown, and not printed', (t) => t.deepEqual(printed, []))

/** A write that can be counted afterwards. */
const insert = (key: string) => ({
  sql: `insert into idempotency_keys (user_id, key, fingerprint, outcome, created_at) values ('ann', ?, 'f', '1', 0)`,
  params: [key],
})

const keysIn = (filename: string): unknown[] => {
  const other = new Database(filename, { readonly: true })
  const keys = other.prepare('select key from idempotency_keys order by key').pluck().all()
  other.close()
  return keys
}

/** Another process, as far as SQLite can tell, that has the write lock. */
const lock = (t: ExecutionContext, filename: string) => {
  const other = new Database(filename)
  other.exec('BEGIN IMMEDIATE')
  t.teardown(() => other.close())
  return { release: () => other.exec('ROLLBACK') }
}

test('every connection syncs fully, also after a restart, where better-sqlite3 alone would not', async (t) => {
  const { filename, driver } = await opened(t)
  await driver.close()
  const bare = new Database(filename)
  t.is(bare.pragma('synchronous', { simple: true }), 1, 'the default that loses commits')
  bare.close()

  const again = openSqlite(filename)
  t.teardown(() => again.close())
  const settings = await Promise.all(
    Array.from({ length: 4 }, () =>
      again.lend(async (connection) => {
        await sleep(5) // All four are out at once, so that none is lent twice.
        return ['synchronous', 'journal_mode', 'foreign_keys', 'temp_store'].map((name) =>
          connection.pragma(name, { simple: true }),
        )
      }),
    ),
  )
  for (const setting of settings) t.deepEqual(setting, [2, 'wal', 1, 2])
})

test('a transaction that cannot begin is not decided, and is answered as an outage', async (t) => {
  const { filename, driver } = await opened(t, 50)
  lock(t, filename)
  let decided = false
  const blocked = driver.transaction([], () => {
    decided = true
    return { value: undefined, writes: [insert('k')] }
  })
  await t.throwsAsync(blocked, { instanceOf: StoreUnavailable })
  t.false(decided)
})

test('a transaction waits for another process, reads go on meanwhile, and then it is written', async (t) => {
  const { filename, driver } = await opened(t)
  const other = lock(t, filename)
  const writing = driver.transaction([], () => ({ value: 'written', writes: [insert('k')] }))
  const reads = await driver.read([{ sql: 'select 1 as one', params: [] }])
  t.deepEqual(reads, [[{ one: 1 }]])
  other.release()
  t.is(await writing, 'written')
  t.deepEqual(keysIn(filename), ['k'])
})

test('reads are as of one moment, even if another process writes between them', async (t) => {
  const { filename, connections, driver } = await opened(t)
  const other = new Database(filename)
  t.teardown(() => other.close())
  await connections.lend((connection) =>
    connection.function('meddle', () => {
      const { sql, params } = insert('k')
      return other.prepare(sql).run(params).changes
    }),
  )
  const count = { sql: 'select count(*) as count from idempotency_keys', params: [] }
  const [before, , after] = await driver.read([
    count,
    { sql: 'select meddle()', params: [] },
    count,
  ])
  t.deepEqual([before, after], [[{ count: 0 }], [{ count: 0 }]])
  t.deepEqual(await driver.read([count]), [[{ count: 1 }]])
})

test('a failed COMMIT writes nothing, is an outage to all who waited, and spoils nothing after it', async (t) => {
  const { filename, connections, driver } = await opened(t)
  await failNextCommit(connections)
  const failed = await Promise.allSettled(
    ['a', 'b'].map((key) => driver.transaction([], () => ({ value: key, writes: [insert(key)] }))),
  )
  for (const { status } of failed) t.is(status, 'rejected')
  t.deepEqual(keysIn(filename), [])

  t.is(await driver.transaction([], () => ({ value: 1, writes: [insert('c')] })), 1)
  await driver.write(insert('d'))
  t.deepEqual(keysIn(filename), ['c', 'd'])
})

/** Spoils COMMIT on the one connection that is in the pool, as a file system that fails to sync would. */
const failNextCommit = (connections: Connections): Promise<void> =>
  connections.lend((connection) => {
    const exec = connection.exec.bind(connection)
    connection.exec = (sql) => {
      if (sql !== 'COMMIT') return exec(sql)
      throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' })
    }
  })

test('a full disk is an outage: nothing of the transaction is kept, and reads go on', async (t) => {
  const { connections, driver } = await opened(t)
  await connections.lend((connection) => {
    const pages = Number(connection.pragma('page_count', { simple: true }))
    connection.pragma(`max_page_count = ${pages + 1}`)
  })
  const huge = { ...insert('k'), params: ['k'.repeat(100_000)] }
  await t.throwsAsync(
    driver.transaction([], () => ({ value: 1, writes: [huge] })),
    { instanceOf: StoreUnavailable },
  )
  const [rows] = await driver.read([{ sql: 'select key from idempotency_keys', params: [] }])
  t.deepEqual(rows, [])
})

test('one transaction that fails does not take along those that share its commit', async (t) => {
  const { filename, driver } = await opened(t)
  const results = await Promise.allSettled(
    ['a', 'a', 'b'].map((key) =>
      driver.transaction([], () => ({ value: key, writes: [insert(key)] })),
    ),
  )
  t.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.deepEqual(keysIn(filename), ['a', 'b'])
})

test('migrations run once, whoever starts first, and a newer database is refused', async (t) => {
  const filename = `${temporaryFolder(t)}/holdfast.db`
  const two = [1, 2].map(() => createSqliteDriver(openSqlite(filename)))
  const applied = (await Promise.all(two.map((driver) => migrate(driver, sqlite)))).flat()
  t.deepEqual(applied, emptySchema().missing)
  const future = `insert into schema_migrations values ('9999-from-the-future', 0)`
  await two[0]?.write({ sql: future, params: [] })
  for (const driver of two) {
    await t.throwsAsync(migrate(driver, sqlite), { instanceOf: WrongSchema })
    await driver.close()
  }
})

test('history and stock movements can be added to, not changed or deleted', async (t) => {
  const { connections } = await opened(t)
  await connections.lend((connection) => {
    connection.exec(`insert into order_history (order_id, seq, to_state, action, actor, at)
      values ('ord_1', 1, 'CREATED', 'create', 'ann', 0)`)
    connection.exec(
      `insert into products values ('prod_1', 'MUG', 'Mug', '', 1, 'EUR', 0, 0, 0, 0, 1, null, null)`,
    )
    connection.exec(
      `insert into stock_movements values ('mov_1', 'prod_1', 'set', 1, 0, null, 'cli', 0)`,
    )
    for (const table of ['order_history', 'stock_movements']) {
      for (const change of [`update ${table} set actor = 'eve'`, `delete from ${table}`]) {
        t.throws(() => connection.exec(change), { message: `${table} is append-only` })
      }
    }
  })
})
