import type { ExecutionContext } from 'ava'
import { type ProblemCode, problemKinds } from '../src/problems.ts'
import type { Answer } from './support.ts'

/** The refusal that a request must meet. `at` names the faulty fields: JSON pointers, parameters or headers. */
export type Refusal = Readonly<{ code: ProblemCode; path: string; at?: readonly string[] }>

type Place = Readonly<{ pointer?: string; parameter?: string; header?: string; detail: string }>

/** What a stack or a file of ours looks like. */
const TRACE = /node_modules|\.[jt]s:\d|\\n +at /

/** Asserts that an answer is a problem (RFC 9457) with all its members, of this code, at these fields, without a stack. */
export const isProblem = (
  t: ExecutionContext,
  answer: Answer,
  { code, path, at }: Refusal,
  about = path,
): void => {
  const { status, title, retryable, sameKey } = problemKinds[code]
  const { detail, errors = [], ...rest } = answer.body ?? {}
  const why = `${about}: ${answer.status} ${answer.text.slice(0, 500)}`
  t.is(answer.status, status, why)
  t.is(answer.headers.get('content-type'), 'application/problem+json', why)
  t.is(answer.headers.get('cache-control'), 'no-store', why)
  t.like(
    rest,
    { type: `/problems/${code}`, title, status, instance: path, code, retryable, sameKey },
    why,
  )
  t.true(typeof detail === 'string' && detail.length > 0, why)
  t.notRegex(answer.text, TRACE, why)
  if (!at) return
  const places = errors.map(
    ({ pointer, parameter, header }: Place) => pointer ?? parameter ?? header,
  )
  t.deepEqual(places, at, why)
  t.true(
    errors.every((error: Place) => error.detail.length > 0),
    why,
  )
}
