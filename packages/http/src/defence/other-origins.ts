import cors from '@koa/cors'
import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'

/** What a page may send and read besides what browsers always let it (fetch.spec.whatwg.org, 3.2). */
const ALLOWED_METHODS = ['GET', 'HEAD', 'POST', 'PUT']
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'X-Request-Id',
]
const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'Retry-After',
  'Idempotent-Replayed',
  'Preference-Applied',
  'X-Request-Id',
]

/** A page need not ask before each of its requests, and a changed configuration is noticed within ten minutes. */
const MAX_AGE_S = 600

/**
 * Lets pages of these origins, and of no others, use the service from a browser (CORS). Every answer carries the headers,
 * problems too: a page that cannot read a refusal takes it for a broken network. Preflights carry no sign-in, so they are
 * answered before it, and before any limit. Nothing but the token in a header signs anybody in: cookies are not let
 * through. Where no origin is named, answers are as if there were no CORS.
 */
export const serveOrigins = (origins: readonly string[], log: Logger): Middleware => {
  const warnOnce = warnOfStrangeOrigin(log)
  const isNamed = (ctx: Context) => origins.includes(ctx.get('Origin'))
  const warning: Middleware = (ctx, next) => {
    if (isPreflight(ctx) && !isNamed(ctx)) warnOnce(ctx)
    return next()
  }
  if (origins.length === 0) return warning
  const answering = cors({
    origin: (ctx) => (isNamed(ctx) ? ctx.get('Origin') : ''),
    allowMethods: ALLOWED_METHODS,
    allowHeaders: ALLOWED_HEADERS,
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: MAX_AGE_S,
  })
  return (ctx, next) => warning(ctx, () => answering(ctx, next))
}

/** Whether a browser asks, on behalf of a page, what it may send. */
export const isPreflight = (ctx: Context): boolean =>
  ctx.method === 'OPTIONS' &&
  ctx.get('Origin') !== '' &&
  ctx.get('Access-Control-Request-Method') !== ''

/** The page's console tells its developer; only this tells who runs the service. */
const warnOfStrangeOrigin = (log: Logger): ((ctx: Context) => void) => {
  let warned = false
  return (ctx) => {
    if (warned) return
    warned = true
    const given = ctx.get('Origin')
    const origin = isOrigin(given) ? given : undefined
    log.warn({ origin }, 'A page of an origin that CORS_ORIGINS does not name was refused.')
  }
}

/** Anybody can send any text; only what can be a page's origin is written. */
const isOrigin = (text: string): boolean =>
  text.length <= 128 && URL.canParse(text) && new URL(text).origin === text
