import test from 'ava'
import { handClock, reconcileAll } from './one-service.ts'
import { place, sell, startService } from './support.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A service whose clock stands still, with an order that was placed at noon. */
const withOrder = async (...[t, more]: Parameters<typeof startService>) => {
  const clock = handClock()
  const api = await startService(t, { clock, ...more })
  const orderId = await place(api, await sell(api, 10))
  const order = async () => (await api.ask('GET', `/order/${orderId}`)).body
  const later = (ms: number) => new Date(clock.now() + ms).toISOString()
  return { ...api, api, clock, orderId, order, later }
}

test('An order says until when it holds its stock unpaid, wherever it is shown.', async (t) => {
  const { ask, order, orderId, later } = await withOrder(t)
  t.is((await order()).expiresAt, later(DAY))
  const listed = await ask('GET', '/order')
  t.is(listed.body.items[0].expiresAt, later(DAY))
  const [{ productId, quantity }] = (await order()).lines
  const again = await ask('POST', '/order', { lines: [{ productId, quantity }] })
  t.like(again.body, { code: 'duplicate_order', order: { expiresAt: later(DAY) } })

  await ask('POST', '/payment', { orderId, paymentMethod: 'fake_slow' })
  const paying = await order()
  t.is(paying.expiresAt, later(3 * MINUTE))
  t.is(paying.expiresAt, paying.payments[0].decidedBy)
})

test('An order that holds nothing has no expiresAt, nor one that is paid.', async (t) => {
  const { ask, order, orderId } = await withOrder(t)
  await ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })
  t.like(await order(), { state: 'PAYMENT_FAILED', expiresAt: null })
  await ask('POST', '/retrypayment', { orderId })
  t.like(await order(), { state: 'PAYMENT_DONE', expiresAt: null })
})

test('A payment that is PENDING says what the gateway has said of it, and no other does.', async (t) => {
  const outcomes = { fake_slow: 'processing', fake_timeout: 'unknown', fake_unavailable: 'unknown' }
  for (const [paymentMethod, outcome] of Object.entries(outcomes)) {
    const { ask, order, orderId } = await withOrder(t, { delays: { slowMs: DAY, lateMs: DAY } })
    const paid = await ask('POST', '/payment', { orderId, paymentMethod })
    t.is(paid.status, 202)
    t.is(paid.body.outcome, outcome, paymentMethod)
    t.deepEqual((await ask('GET', `/payment/${paid.body.id}`)).body, paid.body)
    t.deepEqual((await order()).payments, [paid.body])
  }
})

test('What a payment came to while it was under way is not said of it any more once it has ended.', async (t) => {
  const { api, ask, clock, order, orderId } = await withOrder(t)
  await ask('POST', '/payment', { orderId, paymentMethod: 'fake_timeout' })
  clock.forward(3 * MINUTE)
  await reconcileAll(api, clock)
  t.like((await order()).payments[0], { state: 'FAILED', outcome: null })
})
