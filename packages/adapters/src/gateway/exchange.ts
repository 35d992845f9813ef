import { err, ok, type Result } from 'neverthrow'
import { readBounded } from './read-bounded.ts'

/** A request to the gateway. */
export type GatewayRequest = Readonly<{
  method: 'GET' | 'POST'
  url: URL
  secret: string | undefined
  /** The gateway that is meant, where it is known. */
  meant?: string | undefined
  body?: unknown
  maxBytes: number
}>

/** Who answers, where whoever it is says so in a way that can be read. */
type Who = Readonly<{ gatewayId: string | undefined }>

/** What came back: a status that the protocol has, and its JSON, not yet looked at. */
export type GatewayReply = Who & Readonly<{ status: number; body: unknown }>

/** No usable answer. `mayResend` where a resend could meet a better moment. */
export type Silence = Who & Readonly<{ detail: string; mayResend: boolean }>

/** The header by which a question names the gateway that is meant, and an answer the one that gives it. */
export const GATEWAY_ID_HEADER = 'gateway-id'

const GATEWAY_ID = /^[\x21-\x7e]{1,255}$/

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
      const detail = `The gateway answered ${status}.`
      return err({ detail, mayResend: status >= 500, gatewayId: whoIn(response) })
    }
    return await readReply(response, request.maxBytes)
  } catch (error) {
    // No connection, a reset, half an answer, or the end of our patience.
    const detail = `The gateway did not answer: ${reasonOf(error)}.`
    return err({ detail, mayResend: true, gatewayId: undefined })
  }
}

const whoIn = ({ headers }: Response): string | undefined => {
  const said = headers.get(GATEWAY_ID_HEADER) ?? ''
  return GATEWAY_ID.test(said) ? said : undefined
}

const headersOf = ({ secret, meant, body }: GatewayRequest): Record<string, string> => ({
  accept: 'application/json',
  ...(meant !== undefined && { [GATEWAY_ID_HEADER]: meant }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
})

const readReply = async (
  response: Response,
  maxBytes: number,
): Promise<Result<GatewayReply, Silence>> => {
  const { status, headers, body } = response
  const gatewayId = whoIn(response)
  const nonsense = (detail: string) => err({ detail, mayResend: false, gatewayId })
  if (!body || !/^application\/json *(;|$)/i.test(headers.get('content-type') ?? '')) {
    await body?.cancel()
    return nonsense('The gateway answered with something else than JSON.')
  }
  const bytes = await readBounded(body, maxBytes)
  if (!bytes) return nonsense(`The gateway answered with more than ${maxBytes} bytes.`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return ok({ status, gatewayId, body: JSON.parse(text) })
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
