import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import pg from 'pg'
import { bootPostgres, type PostgresServer } from '../../../../test/postgres-server.ts'
import { admin, brokenInvariants, openShop, order, outcomeOf, query, sell } from './shop.ts'

/** The tests stop the server that they share, one after the other. */
let server: PostgresServer

test.before(async () => {
  server = await bootPostgres()
})

test.after.always(() => server?.stop())

test.serial('a server that is stopped at once and started again loses no order', async (t) => {
  await query(server.url, 'create database restarted')
  const shop = await openShop(t, server.url.replace(/postgres$/, 'restarted'))
  const productIds = [await sell(shop, 100_000), await sell(shop, 100_000)]

  const acknowledged = new Set<string>()
  const successesAt: number[] = []
  const failures: number[] = []
  let stopped = false
  t.teardown(() => {
    stopped = true
  })
  const buy = async () => {
    while (!stopped) {
      const { value, tookMs } = await outcomeOf(order(shop, ...productIds))
      if (!value) {
        failures.push(tookMs)
        continue
      }
      acknowledged.add(value._unsafeUnwrap().id)
      successesAt.push(performance.now())
    }
  }
  const clients = Promise.all(Array.from({ length: 16 }, buy))
  const backAfter: number[] = []
  for (let restarts = 0; restarts < 2; restarts += 1) {
    await sleep(700)
    await server.crash()
    await sleep(300)
    await server.start()
    const up = performance.now()
    await sleep(2000)
    backAfter.push(Math.round((successesAt.find((at) => at > up) ?? Number.NaN) - up))
  }
  stopped = true
  await clients

  t.log(`${successesAt.length} orders, ${failures.length} outages in two restarts`)
  t.log(`the longest outage was answered after ${Math.max(...failures)} ms`)
  t.log(`first success after the server: ${backAfter.join(', ')} ms`)
  for (const ms of backAfter) t.true(ms < 2000, `${ms} ms`)
  t.true(Math.max(...failures) < 5900)
  const stored = new Set((await shop.sql<{ id: string }>('select id from orders')).map((o) => o.id))
  t.deepEqual(
    [...acknowledged].filter((id) => !stored.has(id)),
    [],
  )
  // Of a COMMIT that was under way at the crash nobody can tell the client more than that it is not known.
  const untold = stored.size - acknowledged.size
  t.log(`${untold} orders were stored whose clients were told of an outage`)
  t.true(untold <= 2 * 10, 'more than there are connections')
  t.deepEqual(await brokenInvariants(shop), [])
})

const ERA = 'pg_stat_get_bgwriter_stat_reset_time()::text'

/** What makes a server forget what was not on disk yet. */
const crashes: Record<string, () => Promise<void>> = {
  'was stopped at once': async () => {
    await server.crash()
    await server.start()
  },
  'recovered from the death of a backend': async () => {
    const victim = new pg.Client(server.url)
    victim.on('error', () => undefined)
    await victim.connect()
    const { rows } = await victim.query<{ pid: number; era: string }>(
      `select pg_backend_pid() as pid, ${ERA} as era`,
    )
    process.kill(rows[0]?.pid ?? Number.NaN, 'SIGKILL')
    await recoveredSince(String(rows[0]?.era))
  },
}

for (const [crash, run] of Object.entries(crashes)) {
  test.serial(`a lost COMMIT never counts as done once the server ${crash}`, async (t) => {
    // Nothing gets to disk before a COMMIT does, so that the lost transaction's number is given again.
    await query(server.url, `alter system set wal_writer_delay = '10s'`)
    await query(server.url, `alter system set wal_writer_flush_after = '1GB'`)
    await query(server.url, 'select pg_reload_conf()')
    const database = `lost_${Object.keys(crashes).indexOf(crash)}`
    await query(server.url, `create database ${database}`)
    const shop = await openShop(t, server.url.replace(/postgres$/, database))
    const productId = await sell(shop, 10)
    const idle = await shop.sql<{ id: string }>('select pg_current_xact_id()::text as id')
    let again = Promise.resolve()
    shop.link.failNextCommit('lose the COMMIT', () => {
      shop.link.reset('refuse')
      again = run().then(async () => {
        for (let count = 0; count < 10; count += 1) {
          await shop.sql(`update products set name = 'Mug ${count}'`)
        }
        shop.link.pass()
      })
    })
    const change = shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 5 })
    const { value, tookMs } = await outcomeOf(change)
    await again
    t.log(`${value ? 'answered' : 'given up'} after ${tookMs} ms; numbers from ${idle[0]?.id}`)
    const quantity = (await shop.store.findProduct({ id: productId }))?.quantity
    t.is(quantity, value ? 15 : 10)
  })
}

/** Waits until the server accepts connections again, and its statistics have begun anew. */
const recoveredSince = async (era: string): Promise<void> => {
  for (;;) {
    const sql = `select ${ERA} as era`
    const [row] = await query<{ era: string }>(server.url, sql).catch(() => [])
    if (row && row.era !== era) return
    await sleep(20)
  }
}
