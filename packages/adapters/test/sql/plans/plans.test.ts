import test from 'ava'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgres, sqlite } from '../../../src/sql/dialects.ts'
import { positioned } from '../../../src/sql/postgres-flight.ts'
import type { Statement } from '../../../src/sql/statement.ts'
import { temporaryPostgres, temporarySqlite } from '../../support.ts'
import { fillWithPast, fillWithPresent } from './busy-shop.ts'
import { hotStatements } from './hot-statements.ts'

test('SQLite: no statement of the daily work reads a whole table, or all orders of a user or in a state', async (t) => {
  const { driver, filename } = await temporarySqlite(t)
  await driver.migration((run) => fillWithPast(run, sqlite))
  await driver.migration((run) => fillWithPresent(run, sqlite))
  const statements = await hotStatements(driver, sqlite)
  const database = new Database(filename, { readonly: true })
  t.teardown(() => database.close())
  for (const { sql, params } of statements) {
    const plan = database
      .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
      .all(params)
      .map(({ detail }) => detail)
    const wide = plan.filter(
      (step) =>
        (/^SCAN /.test(step) && !NARROW.test(step) && !isSweep(sql)) ||
        /INDEX orders_in_state \(state=\?\)/.test(step) ||
        (/INDEX orders_of_user /.test(step) && !isPage(sql)),
    )
    t.deepEqual(wide, [], sql)
  }
  t.true(statements.length >= FEWEST, `${statements.length} statements`)
})

/** What is scanned and small: the values of a parameter, nothing, one row, and one for each process of the last day. */
const NARROW = /^SCAN (json_each|CONSTANT ROW|heartbeats|gateway_binding)/

/** A page of a user's orders stops after as many as were asked for. */
const isPage = (sql: string): boolean => sql.includes('order by id desc limit ?')

/**
 * What the service asks by itself now and then of all that is open, and no request waits for: checks that were planned too
 * far ahead, refunds that are owed, and, with old statistics, orders that expire.
 */
const isSweep = (sql: string): boolean =>
  /2 \* \(next_check_at - \?\)|from refunds where state = 'OWED'|where state = 'CREATED' and created_at/.test(
    sql,
  )

/** A search of nothing that finds nothing must not pass. */
const FEWEST = 50

/** As many rows as a statement may look at in one of its steps: a page of orders with all that belongs to them. */
const MOST_ROWS = 100

test('PostgreSQL: no statement of the daily work looks at many rows, whatever the statistics say', async (t) => {
  const { driver, url } = await temporaryPostgres(t)
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  const tables = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace`,
  )
  for (const { name } of tables.rows) {
    await client.query(`alter table ${name} set (autovacuum_enabled = off)`) // Statistics are made here alone.
  }
  await driver.migration((run) => fillWithPast(run, postgres))
  await client.query('analyze')
  await driver.migration((run) => fillWithPresent(run, postgres))
  const statements = await hotStatements(driver, postgres)
  const found: object[] = []
  const lookAt = async (statistics: string) => {
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      const isCustom = mode === 'force_custom_plan'
      await client.query(`set plan_cache_mode = ${mode}`)
      for (const statement of statements.filter(({ sql }) => !isPage(sql) || isCustom)) {
        const steps = await stepsOf(client, statement)
        const wide = steps.filter(({ rows }) => rows > MOST_ROWS && !isSweep(statement.sql))
        found.push(
          ...wide.map(({ what, rows }) => ({ what, rows, statistics, mode, sql: statement.sql })),
        )
      }
    }
  }
  await lookAt('statistics from before anything was under way')
  await client.query('analyze')
  await lookAt('fresh statistics')
  t.deepEqual(found, [])
  t.true(statements.length >= FEWEST, `${statements.length} statements`)
})

/** What a step of a plan read, and how many rows that were. */
type Step = Readonly<{ what: string; rows: number }>

/** Runs a statement, takes it back, and gives what it looked at. New rows alone look at nothing. */
const stepsOf = async (client: pg.Client, { sql, params }: Statement): Promise<readonly Step[]> => {
  if (/^insert/.test(sql)) return []
  const values = params.map((value) => (value === null ? 'null' : client.escapeLiteral(`${value}`)))
  await client.query('begin')
  await client.query(`prepare looked_at as ${positioned(sql)}`)
  const execute = values.length > 0 ? `looked_at (${values.join(', ')})` : 'looked_at'
  const explained = await client.query(
    `explain (analyze, timing off, format json) execute ${execute}`,
  )
  await client.query('rollback')
  await client.query('deallocate looked_at')
  return stepsUnder(explained.rows[0]['QUERY PLAN'][0].Plan)
}

type PlanNode = Readonly<Record<string, string | number>> &
  Readonly<{ Plans?: readonly PlanNode[] }>

const stepsUnder = (node: PlanNode): readonly Step[] => {
  const number = (name: string) => Number(node[name] ?? 0)
  const seen =
    number('Actual Rows') +
    number('Rows Removed by Filter') +
    number('Rows Removed by Index Recheck')
  const what = `${node['Node Type']} ${node['Index Name'] ?? node['Relation Name'] ?? ''}`
  return [{ what, rows: seen * number('Actual Loops') }, ...(node.Plans ?? []).flatMap(stepsUnder)]
}
