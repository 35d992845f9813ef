import test, { type ExecutionContext } from 'ava'
import { type Books, brokenIn, databases, fence, openBooks, SECOND } from './books.ts'

const DAY = 86_400 * SECOND

/** What breaks while others may be at work, what is left out, and what breaks if nobody is. */
const judged = async ({ audit }: Books) => {
  const busy = await audit()
  const leftOut = Object.entries(busy.underWay).filter(([, count]) => count > 0)
  const atRest = await audit({ quiet: true })
  return [brokenIn(busy), Object.fromEntries(leftOut), brokenIn(atRest)] as const
}

/** An order whose payment was fenced and is captured a minute later all the same. */
const captureLate = async (t: ExecutionContext, database: (typeof databases)[number]) => {
  const books = await openBooks(t, database)
  await books.pay(await books.order('ann', 'mug', 1), 'fake_refund_refused')
  await fence(books)
  return books
}

for (const database of databases) {
  test(`${database}: a payment under way is left out, captured or not, until nobody asks about it`, async (t) => {
    const books = await openBooks(t, database)
    await books.pay(await books.order('ann', 'mug', 1), 'fake_ack_lost')
    await books.pay(await books.order('ben', 'mug', 1), 'fake_timeout')
    const open = ['G1', 'G2', 'L1', 'L2']
    t.deepEqual(await judged(books), [[], { pending: 2 }, open])
    books.time.now += 180 * SECOND + 90 * SECOND
    t.deepEqual(await judged(books), [[], { pending: 2 }, open])
    books.time.now += 2 * SECOND
    t.deepEqual(await judged(books), [['L1'], { pending: 2 }, open])
  })

  test(`${database}: a payment that the gateway cannot be asked about is left out as long as it is asked about`, async (t) => {
    const books = await openBooks(t, database)
    await books.pay(await books.order('ann', 'mug', 1), 'fake_timeout')
    books.gateway.reachable = false
    await fence(books)
    books.time.now += 150 * SECOND
    await books.useCases.reconcilePayments()
    t.deepEqual(await judged(books), [[], { pending: 1, overdue: 1 }, ['L1', 'L2']])
    books.time.now += DAY
    t.deepEqual((await judged(books))[0], ['L1'])
  })

  test(`${database}: a late capture is left out while the watch will find it, and the debt while it is asked for`, async (t) => {
    const books = await captureLate(t, database)
    t.deepEqual(await judged(books), [[], { due: 1 }, ['G1', 'G2']])
    books.time.now += 60 * SECOND
    t.deepEqual(await judged(books), [[], { unnoticed: 1 }, ['G1', 'G2']])
    books.time.now += 30 * SECOND
    await books.useCases.reconcilePayments()
    t.deepEqual(await judged(books), [[], { owed: 1 }, ['G1', 'G2', 'L2']])
    await books.useCases.settleRefunds()
    t.deepEqual(await judged(books), [[], { owed: 1 }, ['G1', 'G2', 'L2']])
    books.time.now += DAY
    t.deepEqual((await judged(books))[0], ['L2'], 'nobody has asked for it for a day')
  })

  test(`${database}: a capture that nobody will look for any more breaks, unless it has only just happened`, async (t) => {
    const books = await captureLate(t, database)
    await books.parts.driver.write({ sql: 'update payments set next_check_at = null', params: [] })
    books.time.now += 60 * SECOND
    t.deepEqual(await judged(books), [[], { unnoticed: 1 }, ['G1', 'G2']])
    books.time.now += 100 * SECOND
    t.deepEqual(await judged(books), [['G1', 'G2'], {}, ['G1', 'G2']])
  })

  test(`${database}: a payment that begins while the audit looks is left out`, async (t) => {
    const books = await openBooks(t, database)
    const order = await books.order('ann', 'mug', 1)
    const report = await books.audit({
      ledger: async function* (now) {
        await books.pay(order)
        yield* books.parts.ledger(now)
      },
    })
    t.deepEqual([brokenIn(report), report.underWay.begun], [[], 1])
    t.deepEqual(await judged(books), [[], {}, []])
  })
}
