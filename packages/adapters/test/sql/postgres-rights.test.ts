import { storeContract } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import { openDatabase } from '../../src/open-database.ts'
import { checkRights, NEEDED_RIGHTS } from '../../src/sql/postgres-checks.ts'
import { RefusedByServer } from '../../src/sql/postgres-errors.ts'
import { createSqlStore } from '../../src/sql/sql-store.ts'
import { query } from '../faults/shop.ts'
import { temporaryPostgres } from '../support.ts'

let roles = 0

/** A migrated database, and a role that has on its tables just what we say that the service needs. */
const openAsRole = async (t: ExecutionContext) => {
  const { url } = await temporaryPostgres(t)
  roles += 1
  const role = `rights_${process.pid}_${roles}`
  await query(url, `create role ${role} login password 'secret'`)
  for (const [table, rights] of Object.entries(NEEDED_RIGHTS)) {
    await query(url, `grant ${rights} on ${table} to ${role}`)
  }
  const asRole = Object.assign(new URL(url), { username: role, password: 'secret' }).href
  const opened = openDatabase({ database: { kind: 'postgres', url: asRole } }, 'write')
  t.teardown(async () => {
    await opened.driver.close()
    await query(url, `drop owned by ${role}`)
    await query(url, `drop role ${role}`)
  })
  return { ...opened, url, role }
}

test('every table has a row of the rights that the service needs', async (t) => {
  const { url } = await temporaryPostgres(t)
  const rows = await query<{ name: string }>(
    url,
    `select tablename as name from pg_tables
      where schemaname = current_schema() and tablename <> 'migration_lock' order by 1`,
  )
  t.deepEqual(
    Object.keys(NEEDED_RIGHTS).sort(),
    rows.map(({ name }) => name),
  )
})

test('the rights that are asked for are enough to keep the whole contract', async (t) => {
  const { driver, dialect, url } = await openAsRole(t)
  const tables = Object.keys(NEEDED_RIGHTS).filter((table) => table !== 'schema_migrations')
  await checkRights(driver)
  for (const { check } of storeContract) {
    await query(url, `truncate ${tables.join(', ')}`)
    await check(createSqlStore(driver, dialect))
  }
  t.pass()
})

test('a start is refused for each right that is missing, and says which, of what and to whom', async (t) => {
  const { driver, url, role } = await openAsRole(t)
  for (const [table, rights] of Object.entries(NEEDED_RIGHTS)) {
    for (const right of rights.split(', ')) {
      await query(url, `revoke ${right} on ${table} from ${role}`)
      await t.throwsAsync(checkRights(driver), {
        instanceOf: RefusedByServer,
        message: new RegExp(`the role ${role} lacks ${right} on ${table}\\..* GRANT .* TO ${role}`),
      })
      await query(url, `grant ${right} on ${table} to ${role}`)
    }
  }
})
