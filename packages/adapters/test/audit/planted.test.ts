import test from 'ava'
import type { Audit, Report } from '../../src/audit/audit.ts'
import type { Run, SqlDriver } from '../../src/sql/driver.ts'
import { type Books, brokenIn, databases, openBooks, trade } from './books.ts'
import type { Plant } from './plant.ts'
import { plantsOfOrders } from './plants-of-orders.ts'
import { plantsOfPayments } from './plants-of-payments.ts'

const plants = { ...plantsOfOrders, ...plantsOfPayments }

/** What keeps such rows out, taken away. */
const unlock = {
  SQLite: [
    'pragma ignore_check_constraints = on',
    'pragma defer_foreign_keys = on',
    ...['order_history', 'stock_movements'].flatMap((table) => [
      `drop trigger ${table}_refuses_update`,
      `drop trigger ${table}_refuses_delete`,
    ]),
  ],
  PostgreSQL: [
    'set local session_replication_role = replica', // Neither foreign keys nor triggers.
    `do $$ declare one record; begin
      for one in select conrelid::regclass as at, conname from pg_constraint
        where connamespace = current_schema()::regnamespace and contype in ('c', 'u', 'f') loop
        execute format('alter table %s drop constraint if exists %I cascade', one.at, one.conname);
      end loop; end $$`,
  ],
} as const

const indexes = ['orders_open_basket', 'payments_one_pending', 'payments_one_succeeded']

/** A driver whose snapshots see rows that nobody else will ever see: they are undone at the end. */
const withRows = (driver: SqlDriver, statements: readonly string[]): SqlDriver => {
  const undo = new Error('All of it is undone.')
  let run: Run
  return {
    ...driver,
    read: (reads) => Promise.all(reads.map(({ sql, params }) => run(sql, params))),
    snapshot: async (work) => {
      const seen: Awaited<ReturnType<typeof work>>[] = []
      const look = driver.migration(async (own) => {
        run = own
        for (const statement of statements) await run(statement)
        seen.push(await work(run))
        throw undo
      })
      await look.catch((error: unknown) => {
        if (error !== undo) throw error
      })
      return seen[0] as Awaited<ReturnType<typeof work>>
    },
  }
}

const plantIn = async (
  { parts, audit }: Books,
  database: keyof typeof unlock,
  { sql = [], entryOf, becomes }: Plant,
): Promise<Report> => {
  const drops = indexes.map((index) => `drop index ${index}`)
  const driver = withRows(parts.driver, [...unlock[database], ...drops, ...sql])
  const [rows = []] = await parts.driver.read([
    {
      sql: `select max(payments.id) as id from payments join orders on orders.id = order_id where user_id = ?`,
      params: [entryOf ?? ''],
    },
  ])
  const ledger: Audit['ledger'] = async function* (now) {
    for await (const entry of parts.ledger(now)) {
      if (entry.idempotencyKey !== rows[0]?.['id']) yield entry
      else if (becomes) yield { ...entry, ...becomes }
    }
  }
  return audit({ driver, ledger, quiet: true })
}

for (const database of databases) {
  test(`${database}: an audit finds every kind of row that was planted, and nothing else`, async (t) => {
    const books = await openBooks(t, database)
    await trade(books)
    for (const [name, plant] of Object.entries(plants)) {
      const report = await plantIn(books, database, plant)
      t.deepEqual(brokenIn(report), plant.breaks, name)
      for (const { broken, rows } of report.findings) t.is(broken, rows.length, name)
    }
    const planted = Object.keys(plants).map((name) => name.split(' ')[0])
    const { findings } = await plantIn(books, database, { breaks: [] })
    t.deepEqual(
      [...new Set(planted)],
      findings.map(({ id }) => id),
    )
    t.deepEqual(
      findings.filter(({ broken }) => broken > 0),
      [],
    )
  })
}
