import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { admin, brokenInvariants, openShop, order, outcomeOf, sell } from './shop.ts'

/** A call is given up within 5 s; the rest is for a machine that is busy with something else. */
const GIVEN_UP_WITHIN_MS = 5900

const counted = Array.from({ length: 12 }, (_, index) => index)

test('a reset of every connection is not noticed, or is an outage, and never a wrong answer', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  const during = counted.map((index) =>
    outcomeOf(sleep(index * 3).then(async () => (await order(shop, productId))._unsafeUnwrap().id)),
  )
  for (let times = 0; times < 5; times += 1) {
    await sleep(8)
    shop.link.reset()
  }
  const outcomes = await Promise.all(during)
  const stored = new Set((await shop.store.listOrders({ limit: 50 })).map(({ id }) => id))
  for (const { value } of outcomes) if (value) t.true(stored.has(value))
  t.is(stored.size, outcomes.filter(({ value }) => value).length, 'a refused order is stored')
  t.true((await order(shop, productId)).isOk())
  t.deepEqual(await brokenInvariants(shop), [])
})

test('a link that refuses connections is an outage within 5 s, and the next request works', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  shop.link.reset('refuse')
  const outcomes = await Promise.all(counted.map(() => outcomeOf(order(shop, productId))))
  for (const { unavailable, tookMs } of outcomes) {
    t.true(unavailable)
    t.true(tookMs < GIVEN_UP_WITHIN_MS, `${tookMs} ms`)
  }
  t.log(`given up after ${Math.max(...outcomes.map(({ tookMs }) => tookMs))} ms`)
  shop.link.pass()
  t.true((await order(shop, productId)).isOk())
})

test('a link that swallows everything is given up within 5 s, and the next requests work', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  await Promise.all(counted.map(() => order(shop, productId))) // Now the pool is full.
  shop.link.swallow()
  const outcomes = await Promise.all([
    ...counted.slice(0, 5).map(() => outcomeOf(order(shop, productId))),
    ...counted.slice(5).map(() => outcomeOf(shop.store.findProduct({ id: productId }))),
  ])
  for (const { unavailable, tookMs } of outcomes) {
    t.true(unavailable)
    t.true(tookMs < GIVEN_UP_WITHIN_MS, `${tookMs} ms`)
  }
  t.log(`given up after ${outcomes.map(({ tookMs }) => tookMs).join(', ')} ms`)
  shop.link.pass()
  const after = await Promise.all(counted.map(() => outcomeOf(order(shop, productId))))
  t.deepEqual(
    after.filter(({ unavailable }) => unavailable),
    [],
  )
  t.deepEqual(await brokenInvariants(shop), [])
})

test('one connection that went silent costs one request, and the others of the pool work', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  await Promise.all(counted.map(() => order(shop, productId)))
  const taken = shop.link.swallow()
  const swallowed = outcomeOf(order(shop, productId))
  await taken
  shop.link.pass()
  const first = outcomeOf(order(shop, productId))
  t.is(await Promise.race([first, swallowed]), await first, 'the others waited for it')
  for (const _ of counted) t.true((await order(shop, productId)).isOk())
  const { unavailable, tookMs } = await swallowed
  t.true(unavailable)
  t.true(tookMs < GIVEN_UP_WITHIN_MS, `${tookMs} ms`)
})

test('a link that goes silent at a COMMIT is given up within 5 s, without a second effect', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop, 10)
  shop.link.failNextCommit('swallow its answer', shop.link.swallow)
  const change = shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 5 })
  const { unavailable, tookMs } = await outcomeOf(change)
  t.log(`given up after ${tookMs} ms`)
  t.true(unavailable)
  t.true(tookMs < GIVEN_UP_WITHIN_MS, `${tookMs} ms`)
  shop.link.pass()
  t.is((await shop.store.findProduct({ id: productId }))?.quantity, 15)
})

test('a COMMIT that only its own connection lost the answer of is found out on another', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop, 10)
  shop.link.failNextCommit('swallow its answer', () => {
    shop.link.swallow()
    setTimeout(shop.link.pass, 100)
  })
  const change = shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 5 })
  const { value, tookMs } = await outcomeOf(change)
  t.is(value?._unsafeUnwrap().quantity, 15)
  t.true(tookMs < GIVEN_UP_WITHIN_MS, `${tookMs} ms`)
  t.is((await shop.store.findProduct({ id: productId }))?.quantity, 15)
})

test('a slow link is slow, and nothing else', async (t) => {
  const shop = await openShop(t)
  const productId = await sell(shop)
  shop.link.delay(50)
  const outcomes = await Promise.all(
    counted.slice(0, 5).map(() => outcomeOf(order(shop, productId))),
  )
  t.deepEqual(
    outcomes.filter(({ unavailable }) => unavailable),
    [],
  )
})
