import test, { type ExecutionContext } from 'ava'
import type { SqlDriver } from '../../src/sql/driver.ts'
import { temporaryPostgres, temporarySqlite } from '../support.ts'

const stock = 'select quantity from products'

const open = {
  SQLite: async (t: ExecutionContext) => (await temporarySqlite(t)).driver,
  PostgreSQL: async (t: ExecutionContext) => (await temporaryPostgres(t)).driver,
}

const insertProduct = (driver: SqlDriver) =>
  driver.write({
    sql: `insert into products values ('prod_1', 'MUG', 'Mug', '', 1, 'EUR', 5, 0, 0, 0, 1, null, null)`,
    params: [],
  })

for (const [name, openDriver] of Object.entries(open)) {
  test(`${name}: a snapshot sees one moment, and nobody who writes has to wait for its end`, async (t) => {
    const driver = await openDriver(t)
    await insertProduct(driver)
    const seen = await driver.snapshot(async (run) => {
      const before = await run(stock)
      await driver.write({ sql: 'update products set quantity = 6', params: [] })
      await driver.transaction([], () => ({
        value: undefined,
        writes: [{ sql: 'update products set quantity = quantity + 1', params: [] }],
      }))
      const [now] = await driver.read([{ sql: stock, params: [] }])
      return [before, await run(stock), now]
    })
    t.deepEqual(seen, [[{ quantity: 5 }], [{ quantity: 5 }], [{ quantity: 7 }]])
  })

  test(`${name}: while a snapshot reads, the rest of the process has its turn`, async (t) => {
    const driver = await openDriver(t)
    let turns = 0
    const turn = setInterval(() => {
      turns += 1
    }, 0)
    await driver.snapshot(async (run) => {
      while (turns < 3) await run(stock)
    })
    clearInterval(turn)
    t.true(turns >= 3)
  })

  test(`${name}: a snapshot that fails leaves a driver that works`, async (t) => {
    const driver = await openDriver(t)
    await t.throwsAsync(
      driver.snapshot((run) => run('select nonsense from products')),
      { message: /nonsense/ },
    )
    await t.throwsAsync(
      driver.snapshot(() => Promise.reject(new Error('given up'))),
      { message: 'given up' },
    )
    await insertProduct(driver)
    t.deepEqual(await driver.snapshot((run) => run(stock)), [{ quantity: 5 }])
  })
}

test('PostgreSQL: a snapshot writes nothing and is not cut short; afterwards the limits are back', async (t) => {
  const driver = await open.PostgreSQL(t)
  const limits = ['statement_timeout', 'idle_in_transaction_session_timeout']
  const shown = `select current_setting('${limits[0]}') as one, current_setting('${limits[1]}') as two`
  t.deepEqual(await driver.snapshot((run) => run(shown)), [{ one: '0', two: '0' }])
  // Ten times those of a service: the drivers of these tests are patient.
  t.deepEqual(await driver.read([{ sql: shown, params: [] }]), [[{ one: '30s', two: '50s' }]])
  const refused = await t.throwsAsync(
    driver.snapshot((run) => run('update products set quantity = 1')),
  )
  t.regex(String(refused.cause), /read-only/)
})
