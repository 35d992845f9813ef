import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type Connections, watchConnections } from '@holdfast/adapters'
import { SECURITY_HEADERS } from './defence/security-headers.ts'

/** A server that listens. */
export type Listening = Readonly<{
  port: number
  /** Takes no more connections, and lets started requests finish for so many ms; then it cuts them off. */
  stop: (graceMs: number) => Promise<void>
}>

/**
 * A client gets ten seconds for its headers and thirty for its request, and node looks every second: its default of
 * thirty would give a slow one almost three quarters of a minute. A socket on which nothing moves for a minute, say
 * because its client does not read, is closed. A connection that rests is kept longer than the minute of the usual load
 * balancer, so that the balancer closes it and no request meets a connection that has just been closed.
 */
export const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 65_000,
}
const SILENCE_MS = 60_000

/** Far more than are served at once, far less than memory or file descriptors allow. */
const MOST_CONNECTIONS = 10_000

/** After the signal to stop, clients on open connections have so long to send their next request and be told to leave. */
const FAREWELL_MS = 1000

/** What bytes that are no request are answered with: malformed, too slow, too much header. */
export const UNREADABLE_STATUSES = [400, 408, 431] as const

type UnreadableStatus = (typeof UNREADABLE_STATUSES)[number]

/** Listens on an address. `onUnreadable` hears of bytes that are no request, with the status that they are answered with. */
export const listen = async (
  { host, port }: Readonly<{ host: string; port: number }>,
  handle: RequestListener,
  onUnreadable: (status: UnreadableStatus) => void,
  patience: typeof PATIENCE = PATIENCE,
): Promise<Listening> => {
  const server = createServer(patience)
  server.timeout = SILENCE_MS
  server.maxConnections = MOST_CONNECTIONS
  const farewell = createFarewell(server)
  const connections = watchConnections(server)
  server.on('request', handle)
  keepAnswersApart(server, onUnreadable)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    stop: async (graceMs) => {
      farewell.begin()
      await quietTurn()
      await close(server, connections, graceMs)
    },
  }
}

/**
 * Whoever connects between node's last look at its door and the closing of it is reset by the kernel. So it is closed
 * right after a look that was followed by next to no work.
 */
const quietTurn = async (): Promise<void> => {
  for (let turns = 0; turns < 100; turns += 1) {
    const begunAt = performance.now()
    await setImmediate()
    if (performance.now() - begunAt < 1) return
  }
}

/** Once begun, every answer tells its client to leave the connection, also those to requests that have already started. */
const createFarewell = (server: Server): Readonly<{ begin: () => void }> => {
  const open = new Set<ServerResponse>()
  let begun = false
  const part = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('Connection', 'close')
  }
  server.on('request', (_, response) => {
    if (begun) part(response)
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return {
    begin: () => {
      begun = true
      open.forEach(part)
    },
  }
}

/**
 * node's own `close` would cut connections that rest at that moment, and a request that is already on its way on one of
 * them. So these get the time of a farewell, in which their next request is still answered. Whoever has not sent a whole
 * request by then has asked for nothing.
 */
const close = (server: Server, { endUnused }: Connections, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timers = [
      setTimeout(endUnused, Math.min(FAREWELL_MS, graceMs / 2)),
      setTimeout(() => server.closeAllConnections(), graceMs),
    ]
    NetServer.prototype.close.call(server, () => {
      timers.forEach(clearTimeout)
      server.close(() => undefined) // Ends node's watch over slow headers.
      resolve()
    })
  })

/**
 * What cannot be read behind a request must not take the place of its answer: node would write its 400 while the request
 * is still at work, and the client would believe that nothing was done.
 */
const keepAnswersApart = (
  server: Server,
  onUnreadable: (status: UnreadableStatus) => void,
): void => {
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>()
  server.on('request', (request, response) => latest.set(request.socket, { request, response }))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const { request, response } = latest.get(socket) ?? {}
    if (request?.complete && response && !response.writableEnded) {
      response.once('close', () => socket.destroy())
      return
    }
    const status = STATUS_OF[error.code ?? ''] ?? 400
    onUnreadable(status)
    if (socket.writable) socket.end(refusal(status))
    else socket.destroy()
  })
}

const STATUS_OF: Readonly<Record<string, UnreadableStatus>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** An answer as bytes: there is no request that node could answer for us. */
const refusal = (status: UnreadableStatus): string => {
  const headers = { ...SECURITY_HEADERS, Connection: 'close', 'Content-Length': 0 }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n')
}
