import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { GATEWAY_ID_HEADER } from './exchange.ts'
import { type Reply, type RouteParts, refuse, route } from './gateway-routes.ts'
import { MAX_BODY_BYTES } from './gateway-wire.ts'
import { readBounded } from './read-bounded.ts'

/** What requests are answered with. With a secret, nobody is answered who does not have it, except about health. */
export type ListenerParts = RouteParts &
  Readonly<{ secret: string | undefined; note: (line: string) => void }>

/** Answers requests over HTTP. */
export type Listener = Readonly<{
  answer: RequestListener
  /** Hangs up on callers that wait for an answer that will never come. */
  hangUp: () => void
}>

/** Bytes that no decoder takes for text. */
const NONSENSE = Buffer.from([0x7b, 0xff, 0x00, 0xfe, 0xc3, 0x28, 0x80])

/** A listener for node's HTTP server: finds out who asks for what, and sends what the routes reply. */
export const createListener = (parts: ListenerParts): Listener => {
  const waiting = new Set<ServerResponse>()
  const send = async (response: ServerResponse, reply: Reply): Promise<void> => {
    if (reply.kind === 'silence') {
      waiting.add(response)
      response.once('close', () => waiting.delete(response))
    } else if (reply.kind === 'nonsense') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(NONSENSE)
    } else {
      if (reply.afterMs > 0) await sleep(reply.afterMs, undefined, { ref: false })
      const { status } = reply
      const headers = {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(status === 401 && { 'www-authenticate': 'Bearer' }),
        ...((status === 401 || status === 413) && { connection: 'close' }), // Its body is not read.
      }
      response.writeHead(status, headers).end(JSON.stringify(reply.body))
    }
  }
  return {
    answer: (request, response) => {
      response.setHeader(GATEWAY_ID_HEADER, parts.ledger.gatewayId)
      replyTo(parts, request)
        .then((reply) => send(response, reply))
        .catch((error: unknown) => {
          response.destroy() // Whoever asked cannot know what was done, and need not.
          if (request.complete) parts.note(`A request failed: ${error}`) // Else its client has left.
        })
    },
    hangUp: () => {
      for (const response of waiting) response.destroy()
    },
  }
}

const replyTo = async (parts: ListenerParts, request: IncomingMessage): Promise<Reply> => {
  const target = request.url ?? ''
  if (!URL.canParse(target, 'http://gateway')) return malformed('The address cannot be read.')
  const url = new URL(target, 'http://gateway')
  if (url.pathname !== '/healthz' && !isTrusted(parts.secret, request.headers.authorization)) {
    return refuse(401, 'unauthenticated', 'The bearer token is not GATEWAY_SECRET.')
  }
  const bytes = await readBounded(request.iterator({ destroyOnReturn: false }), MAX_BODY_BYTES)
  if (!bytes) return refuse(413, 'body_too_large', 'The body has more than 64 KiB.')
  if (bytes.length > 0 && !isJson(request.headers['content-type'])) {
    return refuse(415, 'unsupported_media_type', 'The body must be application/json.')
  }
  const body = parse(bytes)
  if (body === undefined) return malformed('The body is not JSON in UTF-8.')
  const meant = request.headersDistinct[GATEWAY_ID_HEADER]?.join()
  return route(parts, { method: request.method ?? '', url, meant, body })
}

/** Hashes have one length, so that comparing them takes the same time whatever was sent. */
const isTrusted = (secret: string | undefined, authorization: string | undefined): boolean => {
  if (secret === undefined) return true
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
  return timingSafeEqual(sha256(token), sha256(secret))
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A page in a browser cannot send this to another origin without being let. */
const isJson = (contentType = ''): boolean => /^application\/json *(;|$)/i.test(contentType)

/** What the JSON says; `null` where there is no body, `undefined` where it is something else. */
const parse = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return null
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

const malformed = (detail: string): Reply => refuse(400, 'malformed_request', detail)
