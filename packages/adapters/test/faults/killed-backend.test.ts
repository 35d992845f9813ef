import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { ann, brokenInvariants, openShop, order, outcomeOf, sell } from './shop.ts'

test('backends that are killed under load lose nothing that was answered with success', async (t) => {
  const shop = await openShop(t)
  const productIds = [await sell(shop, 10_000), await sell(shop, 10_000)]
  const placed = new Set<string>()
  const paid = new Set<string>()
  const outages: number[] = []
  let stopped = false
  t.teardown(() => {
    stopped = true
  })
  const buy = async () => {
    while (!stopped) {
      const { value: made, tookMs } = await outcomeOf(order(shop, ...productIds))
      if (!made) {
        outages.push(tookMs)
        continue
      }
      const { id } = made._unsafeUnwrap()
      placed.add(id)
      const { value: claim } = await outcomeOf(shop.useCases.payOrder({ by: ann, orderId: id }))
      if (claim?._unsafeUnwrap().payment.state === 'SUCCEEDED') paid.add(id)
    }
  }
  const clients = Promise.all(Array.from({ length: 8 }, buy))
  let killed = 0
  for (let rounds = 0; rounds < 40; rounds += 1) {
    await sleep(50)
    const [row] = await shop.sql<{ count: number }>(
      `select count(pg_terminate_backend(pid))::int as count from
        (select pid from pg_stat_activity where datname = current_database()
          and application_name = 'holdfast' order by random() limit 1) as victims`,
    )
    killed += row?.count ?? 0
  }
  stopped = true
  await clients
  t.log(
    `${killed} backends killed, ${placed.size} orders, ${paid.size} paid, ${outages.length} outages`,
  )
  t.true(killed > 0)
  t.true(placed.size > 0)
  const stored = new Map(
    (await shop.sql<{ id: string; state: string }>('select id, state from orders')).map(
      ({ id, state }) => [id, state],
    ),
  )
  for (const id of placed) t.true(stored.has(id))
  for (const id of paid) t.is(stored.get(id), 'PAYMENT_DONE')
  t.is(stored.size, placed.size, 'a refused order is stored')
  t.deepEqual(await brokenInvariants(shop), [])
})
