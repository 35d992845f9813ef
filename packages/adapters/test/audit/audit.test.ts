import test from 'ava'
import type { SqlDriver } from '../../src/sql/driver.ts'
import { brokenIn, databases, openBooks, trade } from './books.ts'

/** A driver that notes how many rows each read of a snapshot gives. */
const counting = (driver: SqlDriver, counts: number[]): SqlDriver => ({
  ...driver,
  snapshot: (work) =>
    driver.snapshot((run) =>
      work(async (...read) => {
        const rows = await run(...read)
        counts.push(rows.length)
        return rows
      }),
    ),
})

for (const database of databases) {
  test(`${database}: what the service stored holds, whether anything can be under way or not`, async (t) => {
    const books = await openBooks(t, database)
    await trade(books)
    for (const quiet of [true, false]) {
      const report = await books.audit({ quiet })
      t.deepEqual(brokenIn(report), [])
      t.deepEqual(report.audited, { orders: 8, payments: 5, refunds: 1, products: 2, keys: 5 })
      t.deepEqual([...new Set(Object.values(report.underWay))], [0])
      t.is(report.at, books.time.now)
    }
  })

  test(`${database}: an audit reads page by page, and finds the same whatever the size of a page`, async (t) => {
    const books = await openBooks(t, database)
    await trade(books)
    for (const user of ['ida', 'jim', 'kim', 'lea', 'mia', 'ned']) await books.order(user, 'mug', 1)
    const { driver } = books.parts
    const sql = `update orders set total_minor = 1 where user_id in ('ida', 'mia')`
    await driver.write({ sql, params: [] })
    const [whole, ...others] = await Promise.all(
      [1000, 14, 5, 1].map((pageSize) => books.audit({ pageSize })),
    )
    t.deepEqual(
      whole?.findings.filter(({ broken }) => broken > 0).map(({ id, broken }) => [id, broken]),
      [['I5', 2]],
    )
    for (const other of others) t.deepEqual(other, whole)
    const counts: number[] = []
    await books.audit({ pageSize: 3, driver: counting(driver, counts) })
    t.true(Math.max(...counts) <= 3 * 6, 'at most six rows of history an order')
    t.true(counts.length > 25)
  })
}
