import { BurstyRateLimiter, RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** A request too many: when the next one may come, and whether it is one of a flood that no refusal stops. */
export type Refusal = Readonly<{ waitMs: number; insists: boolean }>

/** Counts what comes from one source, and says when it is too much. */
export type RateLimit = Readonly<{
  /** Counts one request of this key; a refusal where it is one too many. */
  take: (key: string) => Promise<Refusal | undefined>
}>

/**
 * After as many refusals in a second as the rate allows requests, on top of the largest burst, a client should have
 * stopped. Who has not is taken for a flood until they have been quiet for the time of a burst.
 */
const INSISTS_FROM = 3

/** A burst may take as much again as the rate allows in a second, once in this time. */
export const BURST_EVERY_S = 10

/** Makes the two counters that a limit consists of: so many points in so many seconds. */
export type MakeCounter<Counter> = (
  options: Readonly<{ keyPrefix: string; points: number; duration: number }>,
) => Counter

/** `perSecond` requests in each second, and as many again in one second of ten. */
export const burstyLimiter = (
  perSecond: number,
  makeCounter: MakeCounter<ConstructorParameters<typeof BurstyRateLimiter>[0]>,
): BurstyRateLimiter =>
  new BurstyRateLimiter(
    makeCounter({ keyPrefix: 'rate', points: perSecond, duration: 1 }),
    makeCounter({ keyPrefix: 'burst', points: perSecond, duration: BURST_EVERY_S }),
  )

/** A limit that this process keeps by itself. */
export const createRateLimit = (perSecond: number): RateLimit => {
  const limiter = burstyLimiter(perSecond, (options) => new RateLimiterMemory(options))
  const floods = new RateLimiterMemory({ points: 1, duration: BURST_EVERY_S })
  const insists = async (key: string, inThisSecond: number): Promise<boolean> => {
    if (inThisSecond > INSISTS_FROM * perSecond) await floods.block(key, BURST_EVERY_S)
    return (await floods.get(key)) !== null
  }
  return {
    take: (key) =>
      limiter.consume(key).then(
        () => undefined,
        async ({ msBeforeNext, consumedPoints }: RateLimiterRes) => ({
          // No longer than a burst's time, also where the clock was set back meanwhile.
          waitMs: Math.min(msBeforeNext, BURST_EVERY_S * 1000),
          insists: await insists(key, consumedPoints),
        }),
      ),
  }
}

/** No limit at all. */
export const unlimited: RateLimit = { take: async () => undefined }
