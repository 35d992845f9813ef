import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import {
  admin,
  brokenInvariants,
  openSession,
  openShop,
  order,
  outcomeOf,
  query,
  type Session,
  type Shop,
  sell,
} from './shop.ts'

test('with all connections held, a further write and a read are outages within 2 s', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  const others = await Promise.all(Array.from({ length: 10 }, () => sell(shop, 1)))
  await failWrites(shop.url, 'perform pg_sleep(20)')
  const holding = await holdAll(t, shop, others)
  const [write, read] = await Promise.all([
    outcomeOf(shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 1 })),
    outcomeOf(shop.store.findProduct({ id: productId })),
  ])
  for (const { unavailable, tookMs } of [write, read]) {
    t.true(unavailable)
    t.true(tookMs < 2900, `${tookMs} ms`)
  }
  t.log(`given up after ${write.tookMs} and ${read.tookMs} ms`)
  for (const { unavailable } of await holding.ended) t.true(unavailable)
  t.is((await shop.store.findProduct({ id: productId }))?.quantity, 100)
})

/**
 * Holds every connection with an order that sleeps until its statement times out, 3 s later. On a slow machine the first
 * one may wake up too soon for what comes next; then all of it is done again.
 */
const holdAll = async (t: ExecutionContext, shop: Shop, productIds: readonly string[]) => {
  const onlooker = await openSession(t, shop.url)
  const asleep = `select from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`
  for (;;) {
    const begin = performance.now()
    const ended = Promise.all(productIds.map((productId) => outcomeOf(order(shop, productId))))
    let count: number | null = 0
    while (count !== productIds.length && performance.now() < begin + 700) {
      count = (await onlooker.query(asleep)).rowCount
    }
    if (count === productIds.length) return { ended }
    await ended
  }
}

test('a lock that is held for too long is an outage within 5 s, a shorter one is waited for', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  const foreign = await openSession(t, shop.url)
  const onlooker = await openSession(t, shop.url)
  const change = () =>
    outcomeOf(shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 1 }))

  await foreign.query('begin')
  await foreign.query('select from products for update')
  const short = change()
  await givenUpOnce(onlooker)
  await foreign.query('rollback')
  t.is((await short).value?._unsafeUnwrap().quantity, 101)

  await foreign.query('begin')
  await foreign.query('select from products for update')
  const long = await change()
  await foreign.query('rollback')
  t.log(`given up after ${long.tookMs} ms`)
  t.true(long.unavailable)
  t.true(long.tookMs < 5900, `${long.tookMs} ms`)
  t.is((await change()).value?._unsafeUnwrap().quantity, 102)
})

/** Waits until a transaction waits for a lock that another one has given up to wait for, a second after it began. */
const givenUpOnce = async (onlooker: Session): Promise<void> => {
  const waits = `select distinct xact_start::text as begun from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  const begun = new Set<string>()
  while (begun.size < 2) {
    for (const { begun: each } of (await onlooker.query(waits)).rows) begun.add(each)
    await sleep(20)
  }
}

test('a deadlock with a session of somebody else is run again', async (t) => {
  const shop = await openShop(t)
  const [first, second] = [await sell(shop), await sell(shop)].toSorted() as [string, string]
  const name = new URL(shop.url).pathname.slice(1)
  await shop.sql(`alter database ${name} set deadlock_timeout = '600ms'`)
  shop.link.reset()
  const onlooker = await openSession(t, shop.url)
  const foreign = await openSession(t, shop.url)
  await foreign.query(`set deadlock_timeout = '10s'`)
  await foreign.query('begin')
  await foreign.query('update products set name = name where id = $1', [second])
  const ordered = outcomeOf(order(shop, first, second))
  const waits = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  while ((await onlooker.query(waits)).rowCount === 0) await sleep(10)
  // Now both wait for each other, and it is the order's connection that finds out.
  await foreign.query('update products set name = name where id = $1', [first])
  await foreign.query('commit')
  t.is((await ordered).value?._unsafeUnwrap().state, 'CREATED')
  t.is((await shop.store.listOrders({ limit: 9 })).length, 1)
  shop.link.reset() // A backend that ends counts the deadlocks that it was in.
  await sleep(300)
  const [{ deadlocks } = {}] = await shop.sql<{ deadlocks?: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  t.log(`${deadlocks} deadlocks`) // On a machine that is very slow the lock timeout comes first.
  t.deepEqual(await brokenInvariants(shop), [])
})

test('a statement that takes too long is an outage, and afterwards the same one works', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  await failWrites(shop.url, 'perform pg_sleep(20)')
  const { unavailable, tookMs } = await outcomeOf(order(shop, productId))
  t.true(unavailable)
  t.true(tookMs < 5900, `${tookMs} ms`)
  await shop.sql('drop trigger failing on orders')
  t.true((await order(shop, productId)).isOk())
})

for (const [sqlState, what] of [
  ['53100', 'a full disk'],
  ['53200', 'a lack of memory'],
  ['58030', 'a disk that fails'],
  ['57P05', 'a session that was idle for too long'],
]) {
  test(`${what} is an outage, and nothing is stored`, async (t) => {
    const shop = await openShop(t)
    const productId = await sell(shop)
    await failWrites(shop.url, `raise exception using errcode = '${sqlState}'`)
    t.true((await outcomeOf(order(shop, productId))).unavailable)
    t.deepEqual(await shop.store.listOrders({ limit: 9 }), [])
    await shop.sql('drop trigger failing on orders')
    t.true((await order(shop, productId)).isOk())
    t.deepEqual(await brokenInvariants(shop), [])
  })
}

/** Makes every insert of an order do this first. */
const failWrites = async (url: string, statement: string): Promise<void> => {
  await query(
    url,
    `create function failing() returns trigger language plpgsql as
       $$ begin ${statement}; return new; end $$;
     create trigger failing before insert on orders for each row execute function failing()`,
  )
}
