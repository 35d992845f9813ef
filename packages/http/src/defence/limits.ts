import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimit, RateLimits } from '@holdfast/adapters'
import type { Context, Middleware } from 'koa'
import { sendProblem } from '../send-problem.ts'
import { networkOf } from './client-address.ts'
import { waitingFor } from './load.ts'

/** Refuses a request that is one too many of its user's; true where it did. */
export const refuseManyOfUser = (
  ctx: Context,
  { users }: RateLimits,
  userId: string,
): Promise<boolean> => refuseMany(ctx, users, userId)

/**
 * Refuses a request that is one too many from an address nobody of which has signed in; true where it did. Whoever proves
 * who they are is never refused for what others at the same address do: behind one proxy, anybody could lock out all.
 */
export const refuseManyOfStranger = (ctx: Context, { strangers }: RateLimits): Promise<boolean> =>
  refuseMany(ctx, strangers, networkOf(ctx.state['address']))

/** The same for what is signed instead: a signature that is wrong counts, one that is right never does. */
export const limitBadSignatures =
  (limits: RateLimits): Middleware =>
  async (ctx, next) => {
    await next()
    if (ctx.status === 401) await refuseManyOfStranger(ctx, limits)
  }

/** The limit on what is open to everybody: pages, and paths that do not exist. */
export const limitStrangers =
  (limits: RateLimits): Middleware =>
  async (ctx, next) => {
    if (!(await refuseManyOfStranger(ctx, limits))) await next()
  }

/**
 * Whoever goes on and on in spite of refusals gets the next ones late: a flood from connections that each wait for their
 * answer dries up, and the others' requests do not queue behind it. Each is late by another time, or all would come back
 * at once.
 */
const LATE_MS = { least: 500, most: 1500 }

const lateness = (): number => LATE_MS.least + Math.random() * (LATE_MS.most - LATE_MS.least)

const refuseMany = async (ctx: Context, limit: RateLimit, key: string): Promise<boolean> => {
  const refusal = await limit.take(key)
  if (!refusal) return false
  if (refusal.insists) await waitingFor('patience', () => sleep(lateness()))
  const problem = { code: 'rate_limited', detail: 'Too many requests at once.' } as const
  sendProblem(ctx, { ...problem, retryAfterMs: refusal.waitMs })
  return true
}
