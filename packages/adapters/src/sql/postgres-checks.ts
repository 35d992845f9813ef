import type { Run, SqlDriver } from './driver.ts'
import { RefusedByServer } from './postgres-errors.ts'
import { text } from './statement.ts'

/** The server is set up in a way that would break our promises. */
export class UnsafeServer extends Error {
  override readonly name = 'UnsafeServer'
}

/** Refuses a server that acknowledges what a power cut can take back. One that has no such setting is believed. */
export const checkServer = async (driver: Pick<SqlDriver, 'read'>): Promise<void> => {
  const [rows] = await driver.read([
    {
      sql: `select name, current_setting(name, true) as value
        from (values ('fsync'), ('synchronous_commit'), ('full_page_writes')) as settings (name)`,
      params: [],
    },
  ])
  for (const { name, value } of rows ?? []) {
    if (value === 'off') {
      throw new UnsafeServer(
        `PostgreSQL runs with ${name} = off: a power cut would take acknowledged orders. Set it to on.`,
      )
    }
  }
}

/**
 * What the service does to each table, and so must be allowed to. A row is locked by the right to update it. The tables that
 * are append-only need no more than `insert`.
 */
export const NEEDED_RIGHTS: Readonly<Record<string, string>> = {
  gateway_binding: 'select, insert, update',
  gateway_notifications: 'select, insert, delete',
  heartbeats: 'select, insert, update, delete',
  idempotency_keys: 'select, insert, update, delete',
  order_history: 'select, insert',
  order_lines: 'select, insert, delete',
  orders: 'select, insert, update',
  payments: 'select, insert, update',
  products: 'select, insert, update',
  rate_limits: 'select, insert, update, delete',
  refunds: 'select, insert, update',
  schema_migrations: 'select',
  stock_movements: 'select, insert',
}

const needed = Object.entries(NEEDED_RIGHTS).flatMap(([table, rights]) =>
  rights.split(', ').map((right) => `('${table}', '${right}')`),
)

/** Refuses a role that lacks a right which every order needs: one that may only read would fail at each request. */
export const checkRights = async (driver: Pick<SqlDriver, 'read'>): Promise<void> => {
  const sql = `select quote_ident(current_user) as role, quote_ident(current_schema()) as schema,
      string_agg(needed_right || ' on ' || on_table, ', ') as lacking
    from (values ${needed.join(', ')}) as needed (on_table, needed_right)
    where not has_table_privilege(on_table, needed_right)`
  const [[found] = []] = await driver.read([{ sql, params: [] }])
  if (!found?.['lacking']) return
  const [role, schema] = [text(found, 'role'), text(found, 'schema')]
  throw new RefusedByServer(
    `DATABASE_URL: the role ${role} lacks ${found['lacking']}. As the owner of the tables run GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}, or name another role.`,
  )
}

/** Since PostgreSQL 15 not everybody may make tables in the schema `public`. Says what to grant. */
export const checkMayCreate = async (run: Run): Promise<void> => {
  const [found = {}] = await run(
    `select quote_ident(current_user) as role, quote_ident(current_schema()) as schema,
      case when has_schema_privilege(current_schema(), 'create') then 1 else 0 end as may_create`,
  )
  if (found['schema'] === null || found['may_create'] === 1) return // Without a schema PostgreSQL says so itself.
  const [role, schema] = [text(found, 'role'), text(found, 'schema')]
  throw new RefusedByServer(
    `DATABASE_URL: the role ${role} may not make tables in the schema ${schema}. As its owner run GRANT CREATE ON SCHEMA ${schema} TO ${role}, or name another role.`,
  )
}
