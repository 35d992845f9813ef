import type {
  FieldError,
  Money,
  Order,
  Payment,
  Product,
  ShortLine,
  UserAction,
} from '@holdfast/domain'
import type { Context } from 'koa'
import type { anyProblem } from './problem-schemas.ts'
import { type ProblemCode, problemKinds } from './problems.ts'
import { type Body, orderBody, paymentBody, productBody } from './responses.ts'

/** A fault outside the body: in a header or in the query. */
type ParameterError = Readonly<({ header: string } | { parameter: string }) & { detail: string }>

/** What went wrong: any error of the domain fits, and those of HTTP itself. */
export type Problem = Readonly<{
  code: ProblemCode
  detail: string
  errors?: readonly (FieldError | ParameterError)[]
  lines?: readonly ShortLine[]
  total?: Money
  allowed?: readonly UserAction[]
  order?: Order
  payment?: Payment
  product?: Product
  /** What a probe found. */
  database?: 'down' | 'not writing'
  gateway?: 'up' | 'down'
  keys?: 'up' | 'down'
  since?: string | undefined
  retryAfterMs?: number
}>

/** A client that waits this long finds most outages over, and does not make the others worse. */
const RETRY_AFTER_MS = 2000

/** Answers with a problem (RFC 9457), the order or payment concerned included. */
export const sendProblem = (ctx: Context, problem: Problem): void => {
  ctx.state['problem'] = problem
  const { status } = problemKinds[problem.code]
  const retryAfterMs = problem.retryAfterMs ?? (status === 503 ? RETRY_AFTER_MS : undefined)
  if (retryAfterMs !== undefined) ctx.set('Retry-After', secondsOf(retryAfterMs))
  ctx.status = status
  ctx.body = JSON.stringify(problemBody(problem, ctx.path))
  ctx.type = 'application/problem+json'
}

/** In whole seconds, one at the least: 0 would invite a client to ask without a pause. */
export const secondsOf = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)))

/** A problem as it is written; `instance` is the path of the request. */
export const problemBody = (
  { code, detail, errors, lines, total, allowed, order, payment, product, ...found }: Problem,
  instance: string,
) => {
  const { status, title, retryable, sameKey } = problemKinds[code]
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance,
    code,
    retryable,
    sameKey,
    errors,
    lines,
    total,
    allowed,
    order: order && orderBody(order),
    payment: payment && paymentBody(payment),
    product: product && productBody(product),
    database: found.database,
    gateway: found.gateway,
    keys: found.keys,
    since: found.since,
  } satisfies Body<typeof anyProblem>
}
