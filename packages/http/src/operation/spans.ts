import {
  type Attributes,
  context,
  isValidTraceId,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Middleware } from 'koa'
import { isPromiseLike } from './around.ts'
import { routeOf } from './route.ts'

/**
 * Asked each time: the API package alone does nothing, and whoever wants spans may register an SDK before or after this is
 * loaded. Nothing of a request's contents goes into a span.
 */
const tracer = () => trace.getTracer('holdfast')

/** Runs work inside a span, which ends when the work has ended and carries the code of a refusal. */
export const inSpan = <T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {} }: { kind?: SpanKind; attributes?: Attributes },
  work: () => T,
): T =>
  tracer().startActiveSpan(name, { kind, attributes }, (span) => {
    let result: T
    try {
      result = work()
    } catch (error) {
      fail(span, error)
      throw error
    }
    if (isPromiseLike(result)) {
      result.then(
        (value) => succeed(span, value),
        (error) => fail(span, error),
      )
    } else succeed(span, result)
    return result
  })

/** A span for each request, below the caller's own where the request carries one (W3C Trace Context). */
export const requestSpans: Middleware = (ctx, next) =>
  context.with(propagation.extract(context.active(), ctx.headers), () =>
    tracer().startActiveSpan(ctx.method, { kind: SpanKind.SERVER }, async (span) => {
      const { traceId } = span.spanContext()
      if (isValidTraceId(traceId)) ctx.state['traceId'] = traceId
      try {
        await next()
      } finally {
        const route = routeOf(ctx)
        if (route) span.updateName(`${ctx.method} ${route}`)
        span.setAttributes({
          'http.request.method': ctx.method,
          'http.response.status_code': ctx.status,
          ...(route && { 'http.route': route }),
        })
        if (ctx.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      }
    }),
  )

const succeed = (span: Span, value: unknown): void => {
  const code = refusalOf(value)
  if (code !== undefined) span.setAttribute('holdfast.refusal', code)
  span.end()
}

const fail = (span: Span, error: unknown): void => {
  const name = error instanceof Error ? error.name : typeof error
  // Not the whole error: its message may quote what nobody else should read.
  span.setAttribute('error.type', name)
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** The code of a Result that is an error. */
const refusalOf = (value: unknown): string | undefined =>
  typeof value === 'object' &&
  value !== null &&
  'error' in value &&
  typeof value.error === 'object' &&
  value.error !== null &&
  'code' in value.error
    ? String(value.error.code)
    : undefined
