import type { IncomingMessage } from 'node:http'
import { err, ok, type Result } from 'neverthrow'
import type { Problem } from './send-problem.ts'

/** The idempotency key of a request, raw or quoted, or undefined where there is none. */
export const readIdempotencyKey = (
  request: IncomingMessage,
): Result<string | undefined, Problem> => {
  const given = request.headersDistinct['idempotency-key'] ?? []
  if (given.length > 1) return malformed('Idempotency-Key', 'must be sent once.')
  const [written] = given
  if (written === undefined) return ok(undefined)
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(written)
  const key = quoted ? (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1') : written
  return /^[\x21-\x7e]{1,255}$/.test(key)
    ? ok(key)
    : malformed('Idempotency-Key', 'must be 1 to 255 visible ASCII characters, raw or quoted.')
}

/** The versions that `If-Match` allows; undefined where any will do. A weak tag never matches (RFC 9110, 13.1.1). */
export const readIfMatch = (
  request: IncomingMessage,
): Result<readonly number[] | undefined, Problem> => {
  const written = request.headers['if-match']?.trim()
  if (written === undefined || written === '*') return ok(undefined)
  if (!entityTagList.test(written)) {
    return malformed('If-Match', 'must be * or entity tags such as "3".')
  }
  const tags = written.match(new RegExp(TAG, 'g')) ?? []
  return ok(
    tags.filter((tag) => /^"[1-9]\d{0,14}"$/.test(tag)).map((tag) => Number(tag.slice(1, -1))),
  )
}

/** An entity tag and a list of them (RFC 9110, 8.8.3 and 13.1.1); a comma can be part of a tag. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e]*"'
const entityTagList = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`)

/** An order's entity tag: its version. */
export const entityTag = ({ version }: Readonly<{ version: number }>): string => `"${version}"`

const malformed = (header: string, detail: string): Result<never, Problem> =>
  err({
    code: 'malformed_request',
    detail: `${header} ${detail}`,
    errors: [{ header, detail }],
  })
