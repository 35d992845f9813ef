import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { sqlite as dialect } from '../../../adapters/src/sql/dialects.ts'
import { ordersAndPayments } from '../../../adapters/src/sql/migrations/0001-orders-and-payments.ts'
import { openShop } from '../shop.ts'
import type { User } from './runners.ts'

/** Where things are in the folder of every cell. */
export const DATABASE = 'data/holdfast.db'
export const LEDGER = 'data/fake-gateway.db'

const sqlite = (file: string, sql: string): void => {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

const FOREIGN = `create table orders (id integer primary key, customer text);
  create table schema_migrations (version text primary key); insert into orders values (1, 'ann');`

/** A folder that every cell gets a copy of: a shop with a past, and all that could stand in its place by mistake. */
export const makePattern = async (folder: string): Promise<{ order: string; payment: string }> => {
  const shop = await openShop(folder, 4)
  await shop.pay('ben', 2, 'fake_decline')
  const payment = await shop.pay('ann', 1, 'fake_approve')
  const [order] = (
    await shop.useCases.listOrders({ by: { operator: 'cli' }, limit: 1 })
  )._unsafeUnwrap().items
  await shop.close()
  const database = join(folder, DATABASE)
  const copy = (name: string, from = DATABASE) => {
    cpSync(join(folder, from), join(folder, name))
    return join(folder, name)
  }
  const first = [...ordersAndPayments.statements(dialect), ...ordersAndPayments.optional(dialect)]
  sqlite(
    join(folder, 'outdated.db'),
    `create table schema_migrations (name text primary key, applied_at integer not null);
    insert into schema_migrations values ('${ordersAndPayments.name}', 0); ${first.join(';')}`,
  )
  sqlite(copy('newer.db'), "insert into schema_migrations values ('9999-later', 0)")
  sqlite(copy('unmarked.db'), 'pragma application_id = 0')
  sqlite(copy('unmarked-ledger.db', LEDGER), 'pragma application_id = 0')
  sqlite(join(folder, 'foreign.db'), FOREIGN)
  sqlite(join(folder, 'foreign-wal.db'), `pragma journal_mode = wal; ${FOREIGN}`)
  sqlite(
    join(folder, 'marked.db'),
    'pragma application_id = 1196444487; create table features (id)',
  )
  writeFileSync(join(folder, 'text'), 'This is no database. '.repeat(500))
  writeFileSync(join(folder, 'empty'), '')
  mkdirSync(join(folder, 'folder'))
  crashed(database, join(folder, 'crashed.db'), `update products set name = 'Cup'`)
  crashed(join(folder, 'foreign-wal.db'), join(folder, 'crashed-foreign.db'), 'delete from orders')
  return { order: order?.id ?? '', payment }
}

/** A copy of a database as somebody leaves it who is killed: part of what was written is still beside it. */
const crashed = (from: string, to: string, sql: string): void => {
  cpSync(from, `${to}.open`)
  const database = new DatabaseSync(`${to}.open`)
  database.exec(`pragma wal_autocheckpoint = 0; ${sql}`)
  for (const suffix of ['', '-wal', '-shm']) cpSync(`${to}.open${suffix}`, to + suffix)
  database.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${to}.open${suffix}`, { force: true })
}

/** A fresh copy of the pattern that belongs to whoever runs the commands. */
export const copyPattern = (pattern: string, to: string, user: User): string => {
  cpSync(pattern, to, { recursive: true, preserveTimestamps: true })
  if (typeof user === 'object') {
    for (const path of ['', ...paths(to)]) chownSync(join(to, path), user.uid, user.gid)
  }
  return to
}

/** Removes a folder whatever its rights are. */
export const removeCopy = (folder: string): void => {
  for (const path of ['', ...paths(folder)]) chmodSync(join(folder, path), 0o700)
  rmSync(folder, { recursive: true })
}

const paths = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })

/** Every path with what is there. `-shm` is an index that all who read beside others rebuild and share. */
export const snapshot = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const kept = entry.isFile() && !path.endsWith('-shm') ? hash(readFileSync(path)) : 'there'
      return [path.slice(folder.length + 1), kept]
    }),
  )

/** The paths in which two snapshots differ. */
export const changes = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  )

const hash = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** All that is in a PostgreSQL database: its tables and their rows. */
export const snapshotServer = async (url: string): Promise<ReadonlyMap<string, string>> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      'select tablename as name from pg_tables where schemaname = current_schema()',
    )
    const contents = new Map<string, string>()
    for (const { name } of rows) {
      const all = await client.query(`select t::text as row from "${name}" t order by 1`)
      contents.set(`table ${name}`, hash(JSON.stringify(all.rows)))
    }
    return contents
  } finally {
    await client.end()
  }
}
