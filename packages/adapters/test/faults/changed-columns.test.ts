import test from 'ava'
import { ann, openShop, order, outcomeOf, query, sell } from './shop.ts'

test('a migration beside a running server that changes what its prepared statements give costs nobody a request', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop, 1000)
  const all = () => [
    outcomeOf(order(shop, productId)),
    outcomeOf(shop.useCases.listOrders({ by: ann, limit: 100 })),
    outcomeOf(shop.useCases.getProduct({ id: productId })),
  ]
  await Promise.all(Array.from({ length: 5 }, all).flat())
  for (const table of ['products', 'orders', 'payments', 'order_lines']) {
    await query(shop.url, `alter table ${table} add column of_later text`)
  }
  const outcomes = await Promise.all(Array.from({ length: 5 }, all).flat())
  t.deepEqual(
    outcomes.filter(({ unavailable }) => unavailable),
    [],
  )
})
