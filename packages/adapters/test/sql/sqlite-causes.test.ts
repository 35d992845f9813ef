import { StoreUnavailable } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { type Connection, openSqlite } from '../../src/sql/sqlite-connections.ts'
import { createSqliteDriver } from '../../src/sql/sqlite-driver.ts'
import { temporaryFolder } from '../support.ts'

const one = { sql: 'select 1 as one', params: [] }
const failing = { sql: 'select 1 as failing', params: [] }

/** What a disk says that cannot be read. */
const ioError = () => Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' })

const outage = (error: unknown): boolean =>
  error instanceof StoreUnavailable &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'SQLITE_IOERR_READ'

/** A driver, and a way to break the one connection that is in its pool. */
const opened = (t: ExecutionContext) => {
  const connections = openSqlite(`${temporaryFolder(t)}/holdfast.db`)
  const driver = createSqliteDriver(connections)
  t.teardown(() => driver.close())
  const spoil = (breakIt: (connection: Connection) => void): Promise<Connection> =>
    connections.lend((connection) => {
      breakIt(connection)
      return connection
    })
  return { connections, driver, spoil }
}

/** `failing` breaks as SQLite does when the disk fails: it has rolled back by itself by then. */
const rollBackAndFail = (connection: Connection): void => {
  const prepare = connection.prepare.bind(connection)
  const broken = (sql: string) =>
    sql === failing.sql
      ? {
          reader: true,
          all: () => {
            if (connection.inTransaction) connection.exec('ROLLBACK')
            throw ioError()
          },
        }
      : prepare(sql)
  Object.assign(connection, { prepare: broken })
}

for (const [what, reads] of Object.entries({
  'One read': [failing],
  'Of several reads together the last': [one, failing],
  'Of several reads together the first': [failing, one],
})) {
  test(`${what} that meets a disk error is an outage with its cause, and the connection is not lent again`, async (t) => {
    const { connections, driver, spoil } = opened(t)
    const spoilt = await spoil(rollBackAndFail)
    const failed = await t.throwsAsync(driver.read(reads))
    t.true(outage(failed), String(failed))
    t.not(await connections.lend((connection) => connection), spoilt)
    t.deepEqual(await driver.read([one, one]), [[{ one: 1 }], [{ one: 1 }]])
  })
}

test('A snapshot that meets a disk error is an outage with its cause, and the connection is not lent again', async (t) => {
  const { connections, driver, spoil } = opened(t)
  const spoilt = await spoil(rollBackAndFail)
  const failed = await t.throwsAsync(driver.snapshot((run) => run(failing.sql)))
  t.true(outage(failed), String(failed))
  t.not(await connections.lend((connection) => connection), spoilt)
})

for (const [what, work] of Object.entries({
  'A transaction': (driver: ReturnType<typeof createSqliteDriver>) =>
    driver.transaction([failing], () => ({ value: 1, writes: [] })),
  'A migration': (driver: ReturnType<typeof createSqliteDriver>) =>
    driver.migration((run) => run(failing.sql)),
})) {
  test(`${what} whose rollback fails as well is an outage with the first cause`, async (t) => {
    const { connections, driver, spoil } = opened(t)
    const spoilt = await spoil((connection) => {
      const exec = connection.exec.bind(connection)
      const prepare = connection.prepare.bind(connection)
      const broken = { reader: true, all: () => raise(ioError()) }
      Object.assign(connection, {
        prepare: (sql: string) => (sql === failing.sql ? broken : prepare(sql)),
        exec: (sql: string) => (sql === 'ROLLBACK' ? raise(new Error('no rollback')) : exec(sql)),
      })
    })
    const failed = await t.throwsAsync(work(driver))
    t.true(outage(failed), String(failed))
    t.not(await connections.lend((connection) => connection), spoilt)
    t.is(await driver.transaction([one], () => ({ value: 2, writes: [] })), 2)
  })
}

const raise = (error: Error): never => {
  throw error
}
