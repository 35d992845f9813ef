import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import { execute, temporaryDatabase } from '../../../test/databases.ts'
import { type Ended, type Workplace, workplace } from './support.ts'

const LATER = "insert into schema_migrations values ('9999-later', 0)"
const settle = { LOG_LEVEL: 'trace' }

/** A command line on an empty PostgreSQL database, and a way to change that database behind its back. */
const onPostgres = async (t: ExecutionContext) => {
  const { it: url, remove } = await temporaryDatabase()
  const place = workplace(t)
  t.teardown(remove) // Runs first: it cuts off what still has a connection.
  writeFileSync(join(place.folder, '.env'), `DATABASE_URL="${url}"\nLOG_LEVEL=trace\n`)
  return { ...place, url, execute: (sql: string) => execute(url, sql) }
}

/** The same for a SQLite file. */
const onSqlite = (t: ExecutionContext) => {
  const place = workplace(t)
  const file = join(place.folder, 'shop.db')
  writeFileSync(join(place.folder, '.env'), `DATABASE_URL="sqlite:${file}"\nLOG_LEVEL=trace\n`)
  const change = async (sql: string) => {
    const database = new DatabaseSync(file)
    database.exec(sql)
    database.close()
  }
  return { ...place, url: file, execute: change }
}

const ends = (t: ExecutionContext, { code, stdout, stderr }: Ended, expected: number) => {
  t.is(code, expected, stdout + stderr)
  t.notRegex(stderr, /\n +at |node_modules/)
  t.notRegex(stdout + stderr, /postgres:\/\/|:postgres@/)
}

const serves = async (t: ExecutionContext, { serve }: Pick<Workplace, 'serve'>) => {
  const server = await serve()
  const ready = await fetch(`${server.url}/readyz`)
  t.is(ready.status, 200)
  await ready.body?.cancel()
  t.is(await server.end('SIGTERM'), 0)
  t.notRegex(server.said(), /postgres:\/\/|:postgres@/)
  return server.said()
}

for (const [name, open] of Object.entries({ SQLite: onSqlite, PostgreSQL: onPostgres })) {
  test(`${name}: status tells how far behind a database is, migrate applies it, once.`, async (t) => {
    const { holdfast, ...place } = await open(t)
    const behind = await holdfast(['db', 'status'])
    ends(t, behind, 1)
    t.regex(behind.stderr, /run holdfast db migrate/)
    t.regex(behind.stdout, /applied +none\nmissing +0001-\S+, 0002-\S+.*\nunknown +none\n/)
    const applied = await holdfast(['db', 'migrate'])
    ends(t, applied, 0)
    t.regex(applied.stdout, /^applied 0001-\S+\napplied 0002-\S+\n(applied \S+\n)*$/)
    t.is(applied.stderr, '')

    const current = await holdfast(['db', 'status'])
    ends(t, current, 0)
    t.regex(current.stdout, /applied +0001-.*\nmissing +none\nunknown +none\n/)
    t.is(current.stderr, '')
    const again = await holdfast(['db', 'migrate'])
    ends(t, again, 0)
    t.is(again.stdout, 'up to date\n')
    t.notRegex(await serves(t, place), /migrated/)
  })

  test(`${name}: a database that is ahead is refused, and told from one that is behind.`, async (t) => {
    const { holdfast, ...place } = await open(t)
    ends(t, await holdfast(['db', 'migrate']), 0)
    await place.execute(LATER)
    const status = await holdfast(['db', 'status'])
    ends(t, status, 1)
    t.regex(status.stdout, /unknown +9999-later/)
    t.regex(status.stderr, /ahead.*newer/)
    for (const args of [['serve'], ['db', 'migrate']]) {
      const refused = await holdfast(args, { AUTO_MIGRATE: args[1] ? '0' : '1' })
      ends(t, refused, 78)
      t.is(refused.stdout, '')
      t.regex(refused.stderr, /9999-later.*newer version/)
    }
  })

  test(`${name}: two that migrate at once apply each migration once.`, async (t) => {
    const { holdfast } = await open(t)
    const migrate = () => holdfast(['db', 'migrate', '--json'])
    const both = await Promise.all([migrate(), migrate()])
    for (const ended of both) ends(t, ended, 0)
    const [less = 0, more = 0] = both
      .map(({ stdout }) => JSON.parse(stdout).applied.length as number)
      .sort()
    t.deepEqual([less, more > 1], [0, true])
  })
}

test('PostgreSQL that is behind is refused by everything but migrate, with what to run.', async (t) => {
  const { holdfast, execute: change } = await onPostgres(t)
  const refuse = async (args: readonly string[], says: RegExp) => {
    const refused = await holdfast(args, { AUTO_MIGRATE: '0' })
    ends(t, refused, 78)
    t.is(refused.stdout, '')
    t.regex(refused.stderr, says)
  }
  const all = /lacks 0001-\S+, 0002-.*Run holdfast db migrate.*AUTO_MIGRATE=1/
  await refuse(['serve', '--demo'], all)
  await refuse(['order', 'list'], all)
  ends(t, await holdfast(['db', 'migrate']), 0)
  await change("delete from schema_migrations where name > '0002'")
  await refuse(['serve'], /lacks 0002-.* Run holdfast db migrate/)
  const status = await holdfast(['db', 'status'])
  ends(t, status, 1)
  t.regex(status.stdout, /applied +0001-\S+\nmissing +0002-.*\n/)
})

test('AUTO_MIGRATE=1 brings PostgreSQL up to date at the start, and says so.', async (t) => {
  const { url, folder, ...place } = await onPostgres(t)
  const settings = `DATABASE_URL="${url}"\nLOG_LEVEL=trace\nAUTO_MIGRATE=1\n`
  writeFileSync(join(folder, '.env'), settings)
  t.regex(await serves(t, place), /0001-.*migrated[\s\S]*0002-.*migrated/)
  t.notRegex(await serves(t, place), /migrated/)
})

test('SQLite is made and migrated by the first start.', async (t) => {
  t.regex(await serves(t, onSqlite(t)), /0001-.*migrated/)
})

const password = 'hush hush%/@:'

/** Runs commands on a database that is out of reach. Each has to end, with 75 and without the password. */
const outOfReach = async (t: ExecutionContext, url: string, says: RegExp) => {
  const { holdfast } = workplace(t)
  for (const args of [['serve'], ['db', 'migrate']]) {
    const ended = await holdfast(args, { ...settle, DATABASE_URL: url, AUTO_MIGRATE: '1' })
    ends(t, ended, 75)
    t.is(ended.stdout, '')
    t.regex(ended.stderr, /PostgreSQL.*try again/i)
    t.regex(ended.stderr, says)
    for (const hidden of [password, encodeURIComponent(password), 'hush']) {
      t.false(ended.stderr.includes(hidden), ended.stderr)
    }
  }
}

test.serial('Where no PostgreSQL listens, each command ends with 75 and tells no password.', (t) =>
  outOfReach(
    t,
    `postgres://ann:${encodeURIComponent(password)}@127.0.0.1:1/orders`,
    /ECONNREFUSED/,
  ),
)

const changed = async (t: ExecutionContext, change: (url: URL) => void): Promise<string> => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  const url = new URL(it)
  change(url)
  return url.href
}

test.serial('With a wrong password each command ends with 75 and tells no password.', async (t) => {
  const wrong = (url: URL) => Object.assign(url, { password: encodeURIComponent(password) })
  await outOfReach(t, await changed(t, wrong), /password/)
})

test('A new SQLite database is never made without a word, whoever makes it and however little is logged.', async (t) => {
  for (const [which, { holdfast, run }] of [workplace(t), workplace(t)].entries()) {
    const quiet = { LOG_LEVEL: 'silent' }
    const start = async (): Promise<string> => {
      if (which === 0) return (await holdfast(['order', 'list'], quiet)).stderr
      const server = await run(['serve'], quiet)
      await server.end('SIGTERM')
      return server.said()
    }
    t.regex(await start(), /^There is no database in \.\/data\/holdfast\.db yet: a new one is made/)
    t.notRegex(await start(), /There is no database/)
  }
})

test('A URL that is none is a wrong DATABASE_URL, and its password is not told.', async (t) => {
  const { holdfast } = workplace(t)
  const DATABASE_URL = 'postgres://ann:hush@127.0.0.1:port/orders'
  const ended = await holdfast(['db', 'status'], { DATABASE_URL })
  t.notRegex(ended.stderr, /hush/)
  ends(t, ended, 78)
  t.regex(ended.stderr, /DATABASE_URL/)
})
