import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { clientAddress } from '../defence/client-address.ts'
import { isPreflight } from '../defence/other-origins.ts'
import type { Caller } from '../identity.ts'
import type { Problem } from '../send-problem.ts'
import type { Metrics } from './metrics.ts'
import { routeOf } from './route.ts'

/** What watching requests takes. */
export type RequestWatch = Readonly<{ log: Logger; metrics: Metrics; trustedProxies: number }>

/** What the layers of the application have found out about a request, for its line in the log. */
type Noticed = Readonly<{
  address?: string
  caller?: Caller
  problem?: Problem
  failure?: unknown
  traceId?: string
  /** How long it waited for the end of a payment because its client prefers that. */
  waitedMs?: number
}>

/** Clients that leave before their answer is sent; nginx made the number known. */
const CLIENT_LEFT = 499

/**
 * Gives each request an id, which its answer carries, and writes one line and counts it once the answer is sent. What the
 * request and the answer said is not part of it.
 */
export const watchRequests = ({ log, metrics, trustedProxies }: RequestWatch): Middleware => {
  const warnOnce = warnOfUnknownProxy(log, trustedProxies)
  return (ctx, next) => {
    const begunAt = performance.now()
    const requestId = requestIdOf(ctx)
    ctx.state['address'] = clientAddress(ctx.req, trustedProxies)
    ctx.set('X-Request-Id', requestId)
    warnOnce(ctx)
    ctx.res.once('close', () => {
      const durationMs = performance.now() - begunAt
      const status = ctx.res.writableFinished ? ctx.res.statusCode : CLIENT_LEFT
      count(metrics, ctx, status, durationMs)
      writeLine(log, ctx, { requestId, status, durationMs: rounded(durationMs) })
    })
    return next()
  }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** An id that was given, if it looks like one, so that a request can be followed through several services. */
const requestIdOf = (ctx: Context): string => {
  const given = ctx.get('X-Request-Id')
  return /^[\w.:/+=@-]{1,128}$/.test(given) ? given : randomUUID()
}

const count = (metrics: Metrics, ctx: Context, status: number, durationMs: number): void => {
  const route = routeOf(ctx) ?? 'none'
  // Anybody can make up methods; those of our routes are few.
  const method = route === 'none' ? 'any' : ctx.method
  metrics.httpRequests.inc({ route, method, status: String(status) })
  const { problem, waitedMs = 0 }: Noticed = ctx.state
  metrics.httpSeconds.observe({ route, method }, (durationMs - waitedMs) / 1000)
  if (problem) metrics.problems.inc({ code: problem.code })
}

const writeLine = (
  log: Logger,
  ctx: Context,
  measured: Readonly<{ requestId: string; status: number; durationMs: number }>,
): void => {
  const { address, caller, problem, failure, traceId, waitedMs }: Noticed = ctx.state
  const route = routeOf(ctx)
  const level = isPreflight(ctx) ? 'debug' : levelOf(measured.status, route, failure !== undefined)
  if (!log.isLevelEnabled(level)) return
  log[level](
    {
      ...measured,
      ...(waitedMs !== undefined && { waitedMs: rounded(waitedMs) }),
      ...{ method: ctx.method, route, address, user: caller?.userId },
      ...subjectsOf(ctx, problem),
      ...{ code: problem?.code, traceId, ...(failure !== undefined && { err: failure }) },
    },
    `${ctx.method} ${route ?? 'no route'} ${measured.status}`,
  )
}

/** A 500 is a bug; another failure is an outage, which will pass; probes would fill the log with nothing. */
const levelOf = (
  status: number,
  route: string | undefined,
  failed: boolean,
): 'error' | 'warn' | 'info' | 'debug' => {
  if (status === 500) return 'error'
  if (status > 500 || failed) return 'warn'
  return /^\/(healthz|readyz|metrics)$/.test(route ?? '') ? 'debug' : 'info'
}

/** The order and the payment that a request was about, by its path and its answer. Only what is an id is written. */
const subjectsOf = (
  ctx: Context,
  problem: Problem | undefined,
): Readonly<{ order: string | undefined; payment: string | undefined }> => {
  const answered: object = ctx.state['answered'] ?? {}
  const ids = [
    ...(problem?.payment ? [problem.payment.id, problem.payment.orderId] : []),
    ...(problem?.order ? [problem.order.id] : []),
    ...('id' in answered ? [answered.id] : []),
    ...('orderId' in answered ? [answered.orderId] : []),
    ...Object.values<unknown>(ctx['params'] ?? {}),
  ]
  const find = (prefix: string) =>
    ids.find(
      (id): id is string =>
        typeof id === 'string' && new RegExp(`^${prefix}_[0-9a-f]{32}$`).test(id),
    )
  return { order: find('ord'), payment: find('pay') }
}

/** A proxy that is not trusted makes all its clients one address: rarely what its operator wants. */
const warnOfUnknownProxy = (log: Logger, trustedProxies: number): ((ctx: Context) => void) => {
  let warned = trustedProxies > 0
  return (ctx) => {
    if (warned || !ctx.get('X-Forwarded-For')) return
    warned = true
    log.warn('A request came with X-Forwarded-For, which is not believed: TRUST_PROXY is 0.')
  }
}
