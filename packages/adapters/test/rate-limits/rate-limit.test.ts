import { mock } from 'node:test'
import test from 'ava'
import { openRateLimits } from '../../src/rate-limits/open-rate-limits.ts'
import { createRateLimit, type RateLimit } from '../../src/rate-limits/rate-limit.ts'

/** How many of so many requests at one moment are let through. */
const letThrough = async ({ take }: RateLimit, requests: number, key = 'ann'): Promise<number> => {
  let count = 0
  for (let sent = 0; sent < requests; sent += 1) if ((await take(key)) === undefined) count += 1
  return count
}

test.beforeEach(() => mock.timers.enable({ apis: ['Date', 'setTimeout'] }))
test.afterEach.always(() => mock.timers.reset())

test.serial('A burst may have twice the rate; what comes behind it has to wait.', async (t) => {
  const limit = createRateLimit(50)
  t.is(await letThrough(limit, 100), 100)
  t.deepEqual(await limit.take('ann'), { waitMs: 1000, insists: false })
  mock.timers.tick(400)
  t.deepEqual(await limit.take('ann'), { waitMs: 600, insists: false })
})

test.serial(
  'After a burst the rate holds second by second, and another burst is earned.',
  async (t) => {
    const limit = createRateLimit(50)
    const perSecond: number[] = []
    for (let second = 0; second < 12; second += 1) {
      perSecond.push(await letThrough(limit, 500))
      mock.timers.tick(1000)
    }
    t.deepEqual(perSecond, [100, ...Array(9).fill(50), 100, 50])
  },
)

test.serial(
  'Whoever goes on when they have been refused often enough insists, until they have been quiet for ten seconds.',
  async (t) => {
    const limit = createRateLimit(50)
    t.is(await letThrough(limit, 149), 100)
    t.false((await limit.take('ann'))?.insists)
    t.true((await limit.take('ann'))?.insists)
    mock.timers.tick(9000)
    t.is(await letThrough(limit, 50), 50)
    t.true((await limit.take('ann'))?.insists)
    mock.timers.tick(10_000)
    t.is(await letThrough(limit, 100), 100)
    t.false((await limit.take('ann'))?.insists)
  },
)

test.serial('Whoever keeps to the rate is never refused.', async (t) => {
  const limit = createRateLimit(5)
  for (let second = 0; second < 60; second += 1) {
    t.is(await letThrough(limit, 5), 5)
    mock.timers.tick(1000)
  }
})

test.serial('One user’s requests take nothing from another’s.', async (t) => {
  const limit = createRateLimit(5)
  t.is(await letThrough(limit, 1000, 'ann'), 10)
  t.is(await letThrough(limit, 10, 'bob'), 10)
  t.is(await letThrough(limit, 10, '__proto__'), 10)
})

test.serial(
  'On a database of one process, strangers at one address have ten times as much as a user.',
  async (t) => {
    const database = { kind: 'sqlite', file: 'x.db' } as const
    const { users, strangers } = openRateLimits({ rateLimit: 5, database })
    t.is(await letThrough(users, 1000), 10)
    t.is(await letThrough(strangers, 1000), 100)
  },
)

test.serial('A rate of 0 is no limit.', async (t) => {
  const database = { kind: 'postgres', url: 'postgres://nobody.invalid/x' } as const
  const { users, strangers } = openRateLimits({ rateLimit: 0, database })
  t.is(await letThrough(users, 1000), 1000)
  t.is(await letThrough(strangers, 1000), 1000)
})
