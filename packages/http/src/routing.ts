import type { Router } from '@koa/router'
import type { Middleware } from 'koa'
import { isTarget } from './defence/request-target.ts'
import { isPlainText } from './read-json.ts'
import { sendProblem } from './send-problem.ts'

/** One spelling of a path: capitals count, and so does a slash at the end. */
export const exactPaths = { sensitive: true, strict: true }

/** Browsers and proxies send a few dozen. node would drop what comes after two thousand without a word. */
const MOST_HEADERS = 100

/** Refuses a request with several hosts (RFC 9112, 3.2), hundreds of headers, or a path such as we could not have made. */
export const refuseStrangeTargets: Middleware = async (ctx, next) => {
  const hosts = ctx.req.headersDistinct['host'] ?? []
  if (hosts.length > 1) {
    const detail = 'Host must be sent once.'
    return sendProblem(ctx, {
      code: 'malformed_request',
      detail,
      errors: [{ header: 'Host', detail }],
    })
  }
  if (ctx.req.rawHeaders.length > 2 * MOST_HEADERS) {
    const detail = `A request may have ${MOST_HEADERS} headers.`
    return sendProblem(ctx, { code: 'malformed_request', detail })
  }
  if (!isTarget(ctx.req)) {
    const detail = 'The target of a request must be a path, or an http:// URL without a user.'
    return sendProblem(ctx, { code: 'malformed_request', detail })
  }
  if (isPlainPath(ctx.path)) return next()
  return sendProblem(ctx, {
    code: 'malformed_request',
    detail: 'The path is not well-formed, or holds control characters.',
  })
}

const isPlainPath = (path: string): boolean => {
  try {
    const decoded = decodeURIComponent(path)
    return isPlainText(decoded) && !/[\t\n]/.test(decoded)
  } catch {
    return false
  }
}

/** 405 where the path exists for other methods, 404 where it does not exist at all. */
export const refuseUnrouted =
  (layers: readonly Pick<Router['stack'][number], 'methods' | 'match'>[]): Middleware =>
  async (ctx) => {
    const allowed = layers
      .filter((layer) => layer.methods.length > 0 && layer.match(ctx.path))
      .flatMap(({ methods }) => methods)
    if (allowed.length === 0) {
      return sendProblem(ctx, { code: 'not_found', detail: `Nothing has the path ${ctx.path}.` })
    }
    ctx.set('Allow', [...new Set(allowed)].join(', '))
    return sendProblem(ctx, {
      code: 'method_not_allowed',
      detail: `${ctx.path} does not take ${ctx.method}.`,
    })
  }
