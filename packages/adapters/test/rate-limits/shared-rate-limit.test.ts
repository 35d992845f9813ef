import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { openRateLimits, type RateLimits } from '../../src/rate-limits/open-rate-limits.ts'
import type { Refusal } from '../../src/rate-limits/rate-limit.ts'
import { type Counts, createSharedRateLimit } from '../../src/rate-limits/shared-rate-limit.ts'
import { query } from '../faults/shop.ts'
import { temporaryPostgres } from '../support.ts'

const RATE = 20

const openLimits = (t: ExecutionContext, url: string): RateLimits => {
  const limits = openRateLimits({ rateLimit: RATE, database: { kind: 'postgres', url } })
  t.teardown(limits.close)
  return limits
}

test('processes on one database refuse together what is too much for all of them', async (t) => {
  const { url } = await temporaryPostgres(t)
  const processes = [openLimits(t, url), openLimits(t, url), openLimits(t, url)]
  const take = (user: string) => Promise.all(processes.map(({ users }) => users.take(user)))
  let refused: readonly Refusal[] = []
  // Each process by itself would let through all of these. On a slow machine they may not fall into one second.
  for (let attempt = 1; refused.length === 0; attempt += 1) {
    for (let sent = 1; sent < RATE; sent += 1) await take(`ann-${attempt}`)
    await sleep(50) // The reports are under way.
    refused = (await take(`ann-${attempt}`)).filter((refusal) => refusal !== undefined)
  }
  for (const { waitMs } of refused) t.true(waitMs > 0 && waitMs <= 10_000, `${waitMs} ms`)
  t.deepEqual(await take('bob'), [undefined, undefined, undefined])
})

test('whoever stays below a fifth of the rate costs no round trip', async (t) => {
  const { url } = await temporaryPostgres(t)
  const { users } = openLimits(t, url)
  for (let sent = 1; sent < RATE / 5; sent += 1) await users.take('bob')
  for (let sent = 1; sent <= RATE / 5; sent += 1) await users.take('ann')
  let counted: readonly { key: string; points: number }[] = []
  while (counted.length === 0) counted = await query(url, 'select key, points from rate_limits')
  t.deepEqual(counted, [{ key: 'user:rate:ann', points: RATE / 5 }])
})

/** A database that answers every count with so many points in a second that ends at this time. */
const answering = (points: number, expire: () => number) =>
  ({ query: async () => ({ rows: [{ points, expire: expire() }] }) }) as unknown as Counts

test('a refusal that comes when its second is over ends at once', async (t) => {
  const counts = answering(1_000_000, () => Date.now() - 5)
  const { take } = createSharedRateLimit(RATE * 100, { name: 'user', counts })
  let refused = 0
  for (let sent = 0; sent < RATE * 100; sent += 1) {
    if (await take('ann')) refused += 1
    await setImmediate() // The report comes to its end.
  }
  t.true(refused < RATE * 50, `${refused} of ${RATE * 100}`)
})

test('a refusal never lasts longer than ten seconds, whatever another machine’s clock says', async (t) => {
  const counts = answering(1000, () => Date.now() + 3_600_000)
  const { take } = createSharedRateLimit(RATE, { name: 'user', counts })
  let refusal: Refusal | undefined
  while (!refusal) {
    refusal = await take('ann')
    await setImmediate()
  }
  t.true(refusal.waitMs > 0 && refusal.waitMs <= 10_000, `${refusal.waitMs} ms`)
})

test('a count that lies in the future, because a clock was set back, is forgotten with the first refusal', async (t) => {
  const { url } = await temporaryPostgres(t)
  const anHourAhead = Date.now() + 3_600_000
  await query(
    url,
    `insert into rate_limits values ('user:rate:ann', 1000000, ${anHourAhead}), ('user:burst:ann', 1000000, ${anHourAhead})`,
  )
  const { users } = openLimits(t, url)
  const ofAnn = `select key, points from rate_limits where key like '%:ann' and expire > ${anHourAhead - 60_000}`
  for (let sent = 1; sent <= RATE / 5; sent += 1) t.is(await users.take('ann'), undefined)
  while ((await query(url, ofAnn)).length > 0) await sleep(10)
  t.pass()
})

test('without the database each process keeps the limit by itself, and no request waits for it', async (t) => {
  const { users } = openLimits(t, 'postgres://ann:hush@127.0.0.1:1/nowhere')
  let letThrough = 0
  for (let sent = 0; sent < 500; sent += 1) {
    if ((await users.take('ann')) === undefined) letThrough += 1
  }
  t.is(letThrough, 2 * RATE)
})
