import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { StoreUnavailable } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { bootPostgres } from '../../../../test/postgres-server.ts'
import {
  emptySchema,
  openAdapters,
  readConfiguration,
  UnsafeServer,
  WrongSchema,
} from '../../src/index.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { openSession, query } from './shop.ts'
import { openLink } from './tcp-proxy.ts'

const NAMES = emptySchema().missing

test('a server without fsync or full_page_writes is refused with what to set', async (t) => {
  const server = await bootPostgres()
  t.teardown(server.stop)
  for (const setting of ['fsync', 'full_page_writes']) {
    const isSet = async (value: string) => {
      await query(server.url, `alter system set ${setting} = ${value}`)
      await query(server.url, 'select pg_reload_conf()')
      const shown = async () => Object.values((await query(server.url, `show ${setting}`))[0] ?? {})
      while ((await shown())[0] !== value) await sleep(20)
    }
    await isSet('off')
    await t.throwsAsync(start(t, server.url, 'migrate'), {
      instanceOf: UnsafeServer,
      message: new RegExp(`${setting} = off.*Set it to on`),
    })
    await isSet('on')
  }
  t.deepEqual(await start(t, server.url, 'migrate'), NAMES)
})

test('a database with synchronous_commit off is refused, and taken when it is on again', async (t) => {
  const url = await emptyPostgres(t)
  const name = new URL(url).pathname.slice(1)
  await query(url, `alter database ${name} set synchronous_commit = off`)
  await t.throwsAsync(start(t, url, 'migrate'), {
    instanceOf: UnsafeServer,
    message: /synchronous_commit = off/,
  })
  t.deepEqual(await query(url, 'select from pg_tables where schemaname = current_schema()'), [])
  await query(url, `alter database ${name} set synchronous_commit = on`)
  t.deepEqual(await start(t, url, 'migrate'), NAMES)
})

test('a database that lacks migrations is refused with what to run, and left as it is', async (t) => {
  const url = await emptyPostgres(t)
  const refusal = {
    instanceOf: WrongSchema,
    message: /lacks 0001-.*0002-.*holdfast db migrate.*AUTO_MIGRATE=1/,
  }
  await t.throwsAsync(start(t, url), refusal)
  t.deepEqual(await query(url, 'select from pg_tables where schemaname = current_schema()'), [])
  t.deepEqual(await start(t, url, 'migrate'), NAMES)
  t.deepEqual(await start(t, url), [])

  await query(url, `delete from schema_migrations where name = '${NAMES[1]}'`)
  await query(url, 'alter table payments drop column leased_until')
  await t.throwsAsync(start(t, url), { instanceOf: WrongSchema, message: /lacks 0002-/ })
  t.deepEqual(await start(t, url, 'migrate'), [NAMES[1]])
})

test('a database of a newer version is refused with what to run, also when it should be migrated', async (t) => {
  const url = await emptyPostgres(t)
  await start(t, url, 'migrate')
  await query(url, `insert into schema_migrations values ('9999-of-the-future', 0)`)
  const refusal = { instanceOf: WrongSchema, message: /9999-of-the-future.*Run a newer version/ }
  await t.throwsAsync(start(t, url), refusal)
  await t.throwsAsync(start(t, url, 'migrate'), refusal)
})

test('processes that migrate at once apply each migration once', async (t) => {
  const url = await emptyPostgres(t)
  const index = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href
  const script = `
    import { migrate, openDatabase } from '${index}'
    const { driver, dialect } = openDatabase({ database: { kind: 'postgres', url: '${url}' } }, 'make')
    console.log(JSON.stringify(await migrate(driver, dialect)))
    await driver.close()`
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const processes = await Promise.all([run(), run(), run()])
  const applied = processes.flatMap(({ stdout }): string[] => JSON.parse(stdout))
  t.deepEqual(applied, NAMES)
  const rows = await query<{ name: string }>(
    url,
    'select name from schema_migrations order by name',
  )
  t.deepEqual(
    rows.map(({ name }) => name),
    NAMES,
  )
})

test('a migration waits for that of another process, however long it takes', async (t) => {
  const url = await emptyPostgres(t)
  const [other, onlooker] = [await openSession(t, url), await openSession(t, url)]
  await other.query('begin')
  await other.query('create table migration_lock (only_row integer primary key)')
  const migrated = start(t, url, 'migrate')
  const waiting = `select xact_start::text as begun from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  const begun = new Set<string>()
  const enough = performance.now() + 2000 // A customer's transaction would have given up after 1 s, and begun again.
  while (begun.size === 0 || performance.now() < enough) {
    for (const row of (await onlooker.query(waiting)).rows) begun.add(row.begun)
    await sleep(20)
  }
  t.is(begun.size, 1)
  await other.query('rollback')
  t.deepEqual(await migrated, NAMES)
})

test('connections that migrate at once, on a link that is reset, apply each migration once', async (t) => {
  const url = await emptyPostgres(t)
  const link = await openLink(Number(new URL(url).port))
  t.teardown(link.close)
  link.failNextCommit('lose its answer')
  const applied = await Promise.all(
    Array.from({ length: 6 }, () => start(t, link.through(url), 'migrate')),
  )
  t.true(applied.flat().length <= NAMES.length)
  t.is(link.lostCommits(), 1)
  const rows = await query<{ name: string }>(
    url,
    'select name from schema_migrations order by name',
  )
  t.deepEqual(
    rows.map(({ name }) => name),
    NAMES,
  )
})

test('a start without a server is an outage within 5 s', async (t) => {
  const link = await openLink(1)
  t.teardown(link.close)
  link.reset('refuse')
  const begin = performance.now()
  const url = link.through('postgres://nobody:nothing@127.0.0.1:1/nowhere')
  await t.throwsAsync(start(t, url), { instanceOf: StoreUnavailable })
  t.true(performance.now() - begin < 5900)
})

/** Opens and closes what a start opens, and gives the names of the migrations that it applied. */
const start = async (
  t: ExecutionContext,
  url: string,
  migrate?: 'migrate',
): Promise<readonly string[]> => {
  const configuration = readConfiguration({
    DATABASE_URL: url,
    AUTO_MIGRATE: migrate ? '1' : '0',
    FAKE_LEDGER: join(temporaryFolder(t), 'ledger.db'),
  })._unsafeUnwrap()
  const { migrated, close } = await openAdapters(configuration, 'serve')
  await close()
  return migrated
}
