import type { Middleware } from 'koa'

/**
 * What every answer carries: no cache keeps it, no page of another origin frames or embeds it, no browser takes it for
 * something else than it says, and nothing in it may load or run. A page for people loosens the last on its own answer.
 */
export const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
}

/** Sets the headers before anything else happens, so that refusals and failures carry them as well. */
export const securityHeaders: Middleware = (ctx, next) => {
  ctx.set(SECURITY_HEADERS)
  return next()
}
