import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { ann, brokenInvariants, openSession, openShop, order, sell } from './shop.ts'

test('a check that a notification asks for while a transaction decides is not overwritten by it', async (t) => {
  const shop = await openShop(t)
  const productIds = [await sell(shop), await sell(shop)]
  const { id: orderId } = (await order(shop, ...productIds))._unsafeUnwrap()
  await shop.useCases.payOrder({ by: ann, orderId, paymentMethod: 'fake_unavailable' })
  const foreign = await openSession(t, shop.url)
  await foreign.query('begin')
  const notified = await foreign.query(
    'update payments set next_check_at = next_check_at - 1 returning next_check_at',
  )
  const lines = productIds.map((productId) => ({ productId, quantity: 2 }))
  const edited = shop.useCases.modifyOrder({ by: ann, orderId, lines })
  const waiting = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  while ((await shop.sql(waiting)).length === 0) await sleep(10)
  await foreign.query('commit')
  t.is((await edited)._unsafeUnwrap().state, 'PAYMENT_FAILED')
  const stored = await shop.sql('select state, next_check_at from payments')
  t.like(stored, [{ state: 'FAILED', ...notified.rows[0] }])
  t.deepEqual(await brokenInvariants(shop), [])
})
