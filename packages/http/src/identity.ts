import { isLoopback, type RateLimits } from '@holdfast/adapters'
import type { RouterContext } from '@koa/router'
import type { Context, Middleware } from 'koa'
import { err, ok, type Result } from 'neverthrow'
import { refuseManyOfStranger, refuseManyOfUser } from './defence/limits.ts'
import { hostsOf } from './defence/request-target.ts'
import { sendProblem } from './send-problem.ts'

/** Who is asking. */
export type Caller = Readonly<{ userId: string; isAdmin: boolean }>

/** A request whose caller is known. */
export type SignedIn = RouterContext<{ caller: Caller }>

/** Names that history gives to the service itself; nobody may pose as them. */
const RESERVED = ['cli', 'system']

/** Whether a name can be a user's: 1 to 128 letters, digits or `. _ @ : | + -`, and none of history's own. */
export const isUserId = (name: string): boolean =>
  /^[\w.@:|+-]{1,128}$/.test(name) && !RESERVED.includes(name)

/** Why nobody is signed in, and the challenge that says how one would be (RFC 9110, 11.6.1). */
type NotSignedIn = Readonly<{ challenge: string; detail: string }>

/** It cannot be found out now who is asking, and when it may be. */
type NotKnownYet = Readonly<{ retryAfterMs: number; detail: string }>

/** Finds out who is asking. */
export type Identify = (ctx: Context) => Promise<Result<Caller, NotSignedIn | NotKnownYet>>

/**
 * Lets a request through whose caller is known, unless they send too many; answers the others with 401, or with 503 where
 * their sign-in cannot be checked.
 */
export const signIn =
  (identify: Identify, limits: RateLimits): Middleware<{ caller: Caller }> =>
  async (ctx, next) => {
    const identified = await identify(ctx)
    if (identified.isErr()) {
      if (await refuseManyOfStranger(ctx, limits)) return
      const { error } = identified
      if ('retryAfterMs' in error) return sendProblem(ctx, { code: 'keys_unavailable', ...error })
      ctx.set('WWW-Authenticate', error.challenge)
      return sendProblem(ctx, { code: 'unauthenticated', detail: error.detail })
    }
    ctx.state.caller = identified.value
    if (!(await refuseManyOfUser(ctx, limits, identified.value.userId))) await next()
  }

/**
 * AUTH=local: believes the headers `X-User-Id` and `X-User-Role`. That is safe only where nobody but this machine can
 * connect; so the server refuses to bind elsewhere, and a page that rebinds DNS is refused by its Host header.
 */
export const identifyLocally: Identify = async (ctx) => {
  const userId = ctx.get('X-User-Id')
  if (isUserId(userId)) return ok({ userId, isAdmin: ctx.get('X-User-Role') === 'admin' })
  const detail = userId ? 'X-User-Id is not a name that is allowed.' : 'X-User-Id is missing.'
  return err({ challenge: 'X-User-Id', detail })
}

/** On whose behalf a request reads: a user sees their own orders and payments, an admin everybody's. */
export const readerOf = ({ userId, isAdmin }: Caller) =>
  isAdmin ? { operator: userId } : { user: userId }

/** Lets only admins through. */
export const adminOnly: Middleware<{ caller: Caller }> = async (ctx, next) => {
  if (ctx.state.caller.isAdmin) return next()
  return sendProblem(ctx, { code: 'forbidden', detail: 'Only an admin writes products.' })
}

/** Refuses requests that were addressed to another host name than this machine's own. */
export const loopbackHostOnly: Middleware = async (ctx, next) => {
  if (hostsOf(ctx.req).every(isLoopback)) return next()
  return sendProblem(ctx, {
    code: 'host_not_allowed',
    detail: 'The Host header, or the target of the request, does not name this machine.',
  })
}
