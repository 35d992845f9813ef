import type { IncomingMessage } from 'node:http'
import { err, ok, type Result } from 'neverthrow'
import type { Problem } from './send-problem.ts'

/** The idempotency key of a request, raw or quoted, or undefined where there is none. */
export const readIdempotencyKey = (
  request: IncomingMessage,
): Result<string | undefined, Problem> => {
  const given = request.headersDistinct['idempotency-key'] ?? []
  if (given.length > 1) return err(malformed('Idempotency-Key', 'must be sent once.'))
  const [written] = given
  if (written === undefined) return ok(undefined)
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(written)
  const key = quoted ? (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1') : written
  return /^[\x21-\x7e]{1,255}$/.test(key)
    ? ok(key)
    : err(malformed('Idempotency-Key', 'must be 1 to 255 visible ASCII characters, raw or quoted.'))
}

/** The problem of a header that cannot be understood. */
export const malformed = (header: string, detail: string): Problem => ({
  code: 'malformed_request',
  detail: `${header} ${detail}`,
  errors: [{ header, detail }],
})
