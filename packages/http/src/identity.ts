import { isLoopback } from '@holdfast/adapters'
import type { RouterContext } from '@koa/router'
import type { Middleware } from 'koa'
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

/**
 * AUTH=local: believes the headers `X-User-Id` and `X-User-Role`. That is safe only where nobody but this machine can
 * connect; so the server refuses to bind elsewhere, and a page that rebinds DNS is refused by its Host header.
 */
export const identifyLocally: Middleware<{ caller: Caller }> = async (ctx, next) => {
  const userId = ctx.get('X-User-Id')
  if (!isUserId(userId)) {
    ctx.set('WWW-Authenticate', 'X-User-Id')
    const detail = userId ? 'X-User-Id is not a name that is allowed.' : 'X-User-Id is missing.'
    return sendProblem(ctx, { code: 'unauthenticated', detail })
  }
  ctx.state.caller = { userId, isAdmin: ctx.get('X-User-Role') === 'admin' }
  return next()
}

/** Lets only admins through. */
export const adminOnly: Middleware<{ caller: Caller }> = async (ctx, next) => {
  if (ctx.state.caller.isAdmin) return next()
  return sendProblem(ctx, { code: 'forbidden', detail: 'Only an admin writes products.' })
}

/** Refuses requests that were addressed to another host name than this machine's own. */
export const loopbackHostOnly: Middleware = async (ctx, next) => {
  const host = ctx
    .get('Host')
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  if (isLoopback(host)) return next()
  return sendProblem(ctx, {
    code: 'host_not_allowed',
    detail: 'The Host header does not name this machine.',
  })
}
