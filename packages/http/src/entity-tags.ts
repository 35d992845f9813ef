import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { err, ok, type Result } from 'neverthrow'
import { codedTag } from './compression.ts'
import { malformed } from './headers.ts'
import { sendJson, sendNothing } from './send-json.ts'
import type { Problem } from './send-problem.ts'

/** The versions that `If-Match` allows; undefined where any will do. A weak tag never matches (RFC 9110, 13.1.1). */
export const readIfMatch = (
  request: IncomingMessage,
): Result<readonly number[] | undefined, Problem> => {
  const written = request.headers['if-match']?.trim()
  if (written === undefined || written === '*') return ok(undefined)
  if (!entityTagList.test(written)) {
    return err(malformed('If-Match', 'must be * or entity tags such as "3".'))
  }
  const tags = written.match(new RegExp(TAG, 'g')) ?? []
  return ok(
    tags.flatMap((tag) => {
      const [, version] = OURS.exec(tag) ?? []
      return version === undefined ? [] : [Number(version)]
    }),
  )
}

/** An entity tag and a list of them (RFC 9110, 8.8.3 and 13.1.1); a comma can be part of a tag. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e]*"'
const entityTagList = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`)

/** A tag of ours, whole, or the version alone. */
const OURS = /^"([1-9]\d{0,14})(?:-[0-9a-f]{10}(?:-gzip)?)?"$/

/** What has a version, as it is written. */
type Versioned = Readonly<{ version: number }>

/**
 * The entity tag of an order or a product: its version, by which `If-Match` goes, and a hash of the whole body, since a
 * refund, a late gateway or a reservation changes the body under one version.
 */
const tagOf = ({ version }: Versioned, text: string): string =>
  `"${version}-${hash('sha256', text).slice(0, 10)}"`

/** Answers with an order or a product and its tag; with 304 where the client has these very bytes, compressed or not. */
export const sendTagged = (ctx: Context, body: Versioned, status = 200): void => {
  const text = JSON.stringify(body)
  const tag = tagOf(body, text)
  const known = /^(GET|HEAD)$/.test(ctx.method) && knownTag(ctx.req, [tag, codedTag(tag)])
  ctx.set('ETag', known || tag)
  if (known) sendNothing(ctx, 304)
  else sendJson(ctx, body, status, text)
}

/**
 * The tag that the client has, by weak comparison (RFC 9110, 13.1.2). Not Koa's `fresh`, which gives a body to whoever
 * sends `Cache-Control: no-cache`: every `fetch` does so that has an `If-None-Match`.
 */
const knownTag = (request: IncomingMessage, tags: readonly string[]): string | undefined => {
  const written = request.headers['if-none-match']?.trim() ?? ''
  if (written === '*') return tags[0]
  const known = (written.match(new RegExp(TAG, 'g')) ?? []).map((tag) => tag.replace(/^W\//, ''))
  return tags.find((tag) => known.includes(tag))
}
