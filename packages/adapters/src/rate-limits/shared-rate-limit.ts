import type pg from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { BURST_EVERY_S, burstyLimiter, createRateLimit, type RateLimit } from './rate-limit.ts'

/**
 * So many times a second at the most does a process tell the others about one key: each report stands for a fifth of
 * what the rate allows. Who stays below a fifth costs no round trip at all.
 */
const REPORTS_PER_RATE = 5

/** Where the counts of all processes are kept. */
export type Counts = Readonly<{ query: (count: pg.QueryConfig) => Promise<pg.QueryResult> }>

/**
 * A limit that all processes on one PostgreSQL keep together. Each decides by its own memory, so that no request waits
 * for a count; it reports what it has let through, and when the sum is too much, every process hears so at its next
 * report and refuses until the time is up. While the database is away, each process goes on by itself.
 */
export const createSharedRateLimit = (
  perSecond: number,
  { name, counts }: Readonly<{ name: string; counts: Counts }>,
): RateLimit => {
  const own = createRateLimit(perSecond)
  const step = Math.max(1, Math.floor(perSecond / REPORTS_PER_RATE))
  const letThrough = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1 })
  const refused = new RateLimiterMemory({ points: 1, duration: 1 })
  const everywhere = burstyLimiter(
    perSecond,
    ({ keyPrefix, ...options }) =>
      new RateLimiterPostgres({
        ...options,
        keyPrefix: `${name}:${keyPrefix}`,
        storeClient: counts,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
      }),
  )

  const report = async (key: string) => {
    try {
      await everywhere.consume(key, step)
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) return // The database is away: our own limit still holds.
      // Not longer than a burst's time, whatever another machine's clock says; and 0 would mean for ever.
      await refused.block(key, Math.min(Math.max(reason.msBeforeNext, 1) / 1000, BURST_EVERY_S))
      await forgetFuture(key)
    }
  }

  /** A count that ends further ahead than any can, because a clock was set back since, would refuse until then. */
  const forgetFuture = async (key: string) => {
    const keys = [`${name}:rate:${key}`, `${name}:burst:${key}`]
    const latest = Date.now() + 2 * BURST_EVERY_S * 1000
    const text = 'delete from rate_limits where key = any($1) and expire > $2'
    await counts.query({ text, values: [keys, latest] }).catch(() => undefined)
  }

  return {
    take: async (key) => {
      const [refusal, elsewhere] = [await own.take(key), await refused.get(key)]
      if (refusal) return refusal
      if (elsewhere) {
        return { waitMs: Math.min(elsewhere.msBeforeNext, BURST_EVERY_S * 1000), insists: false }
      }
      const { consumedPoints } = await letThrough.consume(key)
      if (consumedPoints % step === 0) void report(key)
      return undefined
    },
  }
}
