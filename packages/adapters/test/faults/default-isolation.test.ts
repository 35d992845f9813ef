import test, { type ExecutionContext } from 'ava'
import { openRateLimits } from '../../src/rate-limits/open-rate-limits.ts'
import {
  ann,
  brokenInvariants,
  openShop,
  order,
  outcomeOf,
  query,
  type Shop,
  sell,
} from './shop.ts'

/** Sets a default of the database, and makes every connection of the shop a new one, which has it. */
const setDefault = async ({ url, link }: Shop, setting: string, value: string): Promise<void> => {
  const name = new URL(url).pathname.slice(1)
  await query(url, `alter database ${name} set ${setting} = '${value}'`)
  link.reset()
}

/** So few at a time that also a slow machine serves them at once, so that only conflicts can hold them up. */
const AT_A_TIME = 4
const ROUNDS = 10

/** Customers who want the same product at the same time, and pay for it. */
const rush = async (t: ExecutionContext, shop: Shop, productId: string): Promise<void> => {
  const buy = async () => {
    const placed = (await order(shop, productId))._unsafeUnwrap()
    return (await shop.useCases.payOrder({ by: ann, orderId: placed.id }))._unsafeUnwrap()
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { payment } of await Promise.all(Array.from({ length: AT_A_TIME }, buy))) {
      t.is(payment.state, 'SUCCEEDED')
    }
  }
}

for (const isolation of ['serializable', 'repeatable read', 'read committed']) {
  test(`no customer of a hot product is turned away where ${isolation} is the default`, async (t) => {
    const retries: string[] = []
    const shop = await openShop(t, undefined, { retried: (reason) => retries.push(reason) })
    const productId = await sell(shop, 1000)
    await setDefault(shop, 'default_transaction_isolation', isolation)
    await shop.store.ping() // From here on there are new connections.
    retries.length = 0
    await rush(t, shop, productId)
    t.deepEqual(retries, [])
    t.is((await shop.store.findProduct({ id: productId }))?.quantity, 1000 - AT_A_TIME * ROUNDS)
    t.deepEqual(await brokenInvariants(shop), [])
  })

  test(`work that several processes share is leased without a failure where ${isolation} is the default`, async (t) => {
    const shop = await openShop(t)
    const productId = await sell(shop, 1000)
    for (let count = 0; count < 30; count += 1) {
      const { id } = (await order(shop, productId))._unsafeUnwrap()
      await shop.useCases.payOrder({ by: ann, orderId: id, paymentMethod: 'fake_slow' })
    }
    await setDefault(shop, 'default_transaction_isolation', isolation)
    const now = Date.now() + 10_000
    const latest = now + 90_000
    const lease = () => shop.store.leasePayments({ now, latest, until: now + 1000, limit: 3 })
    const hasten = () => shop.store.hastenChecks('pending', { now, latest })
    const leased = await Promise.all(
      Array.from({ length: AT_A_TIME }, () => [outcomeOf(lease()), outcomeOf(hasten())]).flat(),
    )
    t.is(leased.filter(({ unavailable }) => unavailable).length, 0)
    const ids = leased.flatMap(({ value }) => value?.map(({ id }) => id) ?? [])
    t.is(new Set(ids).size, ids.length, 'one was leased twice')
  })
}

test('a default of read only is one, not a wall: orders are taken, and reads and audits go on', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop, 1000)
  await setDefault(shop, 'default_transaction_read_only', 'on')
  await rush(t, shop, productId)
  const now = Date.now()
  await shop.store.hastenChecks('pending', { now, latest: now })
  t.deepEqual(await brokenInvariants(shop), [])
})

test('processes count requests together where read only is the default', async (t) => {
  const shop = await openShop(t)
  await setDefault(shop, 'default_transaction_read_only', 'on')
  const database = { kind: 'postgres', url: shop.url } as const
  const { users, close } = openRateLimits({ rateLimit: 5, database })
  t.teardown(close)
  await users.take('ann') // A fifth of what the rate allows is reported.
  let counted: unknown[] = []
  while (counted.length === 0) counted = await shop.sql('select from rate_limits')
  t.pass()
})
