import { err, ok, type Result } from 'neverthrow'
import { readBounded } from './read-bounded.ts'

/** A request to the gateway. */
export type GatewayRequest = Readonly<{
  method: 'GET' | 'POST'
  url: URL
  secret: string | undefined
  body?: unknown
  maxBytes: number
}>

/** What came back: a status that the protocol has, and its JSON, not yet looked at. */
export type GatewayReply = Readonly<{ status: number; body: unknown }>

/** No usable answer. `mayResend` where a resend could meet a better moment. */
export type Silence = Readonly<{ detail: string; mayResend: boolean }>

/** Everything else (redirects, proxies' pages, 401, 429) is no word of the gateway's about the charge. */
const PROTOCOL_STATUSES: readonly number[] = [200, 404, 409]

/**
 * Sends one request and reads one answer, of which it believes little: JSON in UTF-8 of bounded length, of a status that
 * the protocol has, from the very address that was asked. Nothing is thrown, whatever the other side does.
 */
export const exchange = async (
  request: GatewayRequest,
  signal: AbortSignal,
): Promise<Result<GatewayReply, Silence>> => {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: headersOf(request),
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      redirect: 'manual', // Whoever a redirect points at is not the gateway that we were told to trust.
      signal,
    })
    const { status } = response
    if (!PROTOCOL_STATUSES.includes(status)) {
      await response.body?.cancel()
      return err({ detail: `The gateway answered ${status}.`, mayResend: status >= 500 })
    }
    return await readReply(response, request.maxBytes)
  } catch (error) {
    // No connection, a reset, half an answer, or the end of our patience.
    return err({ detail: `The gateway did not answer: ${reasonOf(error)}.`, mayResend: true })
  }
}

const headersOf = ({ secret, body }: GatewayRequest): Record<string, string> => ({
  accept: 'application/json',
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
})

const readReply = async (
  { status, headers, body }: Response,
  maxBytes: number,
): Promise<Result<GatewayReply, Silence>> => {
  const nonsense = (detail: string) => err({ detail, mayResend: false })
  if (!body || !/^application\/json *(;|$)/i.test(headers.get('content-type') ?? '')) {
    await body?.cancel()
    return nonsense('The gateway answered with something else than JSON.')
  }
  const bytes = await readBounded(body, maxBytes)
  if (!bytes) return nonsense(`The gateway answered with more than ${maxBytes} bytes.`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return ok({ status, body: JSON.parse(text) })
  } catch {
    return nonsense('The gateway answered nonsense.')
  }
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}
