import type { FieldError } from '@holdfast/domain'
import { visit } from 'jsonc-parser'
import type { Context } from 'koa'
import { err, ok, type Result } from 'neverthrow'
import { waitingFor } from './defence/load.ts'
import type { Problem } from './send-problem.ts'

/** Enough for an order of a hundred lines, ten times over. */
const MAX_BODY_BYTES = 65_536

/** Our deepest request has four levels. */
const MAX_DEPTH = 16

/** The body as strict JSON, or undefined where there is none. */
export const readJson = async (ctx: Context): Promise<Result<unknown, Problem>> => {
  const bytes = await readBytes(ctx)
  return bytes.andThen((body) => jsonOf(ctx, body))
}

/** A body that was read, as strict JSON, or undefined where it is empty. */
export const jsonOf = (ctx: Context, bytes: Buffer): Result<unknown, Problem> => {
  if (bytes.length === 0) return ok(undefined)
  const { 'content-encoding': encoding = 'identity', 'transfer-encoding': transfer = 'chunked' } =
    ctx.req.headers
  if (encoding !== 'identity') {
    return unsupported(`Content-Encoding must be identity, not ${encoding}.`)
  }
  if (transfer !== 'chunked') {
    return unsupported(`Transfer-Encoding must be chunked, not ${transfer}.`)
  }
  if (ctx.is('application/json') !== 'application/json') {
    return unsupported(
      `Content-Type must be application/json, not ${ctx.request.type || 'absent'}.`,
    )
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return malformed('The body is not UTF-8.')
  }
  return parseJson(text)
}

/** The body as it came, up to 64 KiB of it. */
export const readBytes = (ctx: Context): Promise<Result<Buffer, Problem>> =>
  waitingFor('client', () => gatherBytes(ctx))

const gatherBytes = async (ctx: Context): Promise<Result<Buffer, Problem>> => {
  const tooLarge = () => {
    ctx.set('Connection', 'close')
    ctx.req.resume() // The rest is read and dropped, so that the client gets to see the answer.
    return err({
      code: 'body_too_large',
      detail: `The body has more than ${MAX_BODY_BYTES} bytes.`,
    } as const)
  }
  if (Number(ctx.req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return tooLarge()
    chunks.push(chunk)
  }
  return ok(Buffer.concat(chunks))
}

/** Parses JSON that says everything once, is not deep, and holds only text that every database keeps as it is. */
const parseJson = (text: string): Result<unknown, Problem> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return malformed(`The body is not JSON: ${error instanceof Error ? error.message : error}.`)
  }
  const errors = faultsIn(text)
  return errors.length > 0
    ? malformed(
        errors.map(({ pointer, detail }) => `${pointer || 'The body'}: ${detail}`).join(' '),
        errors,
      )
    : ok(value)
}

/** What `JSON.parse` lets through without a word. */
const faultsIn = (text: string): FieldError[] => {
  const errors: FieldError[] = []
  const open: Set<string>[] = []
  const report = (path: readonly (string | number)[], detail: string) => {
    if (errors.length < 20) errors.push({ pointer: pointerTo(path), detail })
  }
  let depth = 0
  const enter = () => {
    depth += 1
    if (depth > MAX_DEPTH) throw new TooDeep()
    open.push(new Set())
    return true
  }
  const leave = () => {
    depth -= 1
    open.pop()
  }
  try {
    visit(text, {
      onObjectBegin: enter,
      onObjectEnd: leave,
      onArrayBegin: enter,
      onArrayEnd: leave,
      onObjectProperty: (name, _offset, _length, _line, _character, pathTo) => {
        const path = [...pathTo(), name]
        if (open.at(-1)?.has(name)) report(path, 'is there more than once.')
        if (name === '__proto__') report(path, 'is a name that is not allowed.')
        if (!isPlainText(name)) report(path, NOT_PLAIN)
        open.at(-1)?.add(name)
      },
      onLiteralValue: (value, offset, length, _line, _character, pathTo) => {
        if (typeof value === 'string' && !isPlainText(value)) report(pathTo(), NOT_PLAIN)
        if (Number.isInteger(value) && isFraction(text.slice(offset, offset + length)))
          report(pathTo(), 'has a fraction that is too small to be kept.')
      },
    })
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
    return [{ pointer: '', detail: `is nested more than ${MAX_DEPTH} levels deep.` }]
  }
  return errors
}

class TooDeep extends Error {}

/** Whether a number of JSON is written with a fraction. A double may lose it: to `JSON.parse` 0.99999999999999999 is 1. */
const isFraction = (written: string): boolean => {
  const [, whole = '', decimals = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written) ?? []
  const digits = (whole + decimals).replace(/(?<!0)0+$/, '') // One look at each run of zeros, however long.
  return digits !== '' && digits.length - whole.length > Number(exponent)
}

const NOT_PLAIN = 'holds a control character or half of a surrogate pair.'

/** Text without control characters (line break and tab apart) and lone surrogates, which databases drop or refuse. */
export const isPlainText = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.isWellFormed() && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)

/** A JSON pointer (RFC 6901). */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const malformed = (detail: string, errors?: readonly FieldError[]): Result<never, Problem> =>
  err({ code: 'malformed_request', detail, ...(errors && { errors }) })

const unsupported = (detail: string): Result<never, Problem> =>
  err({ code: 'unsupported_media_type', detail })
