import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Configuration, openAdapters, type Replacements } from '@holdfast/adapters'
import { createUseCases, type UseCases } from '@holdfast/domain'
import { pino, stdTimeFunctions } from 'pino'
import { createApp } from './app.ts'
import { startBackground } from './background.ts'

/** A running service. */
export type Service = Readonly<{
  url: string
  useCases: UseCases
  /** Stops accepting, finishes what runs, and leaves payments whose outcome is unknown to the next start. */
  stop: () => Promise<void>
}>

/** Starts the REST service and its reconciler on what the configuration names. */
export const serve = async (
  configuration: Configuration,
  replacements: Replacements = {},
): Promise<Service> => {
  const log = pino(
    { level: configuration.logLevel, timestamp: stdTimeFunctions.isoTime, base: null },
    process.stderr,
  )
  const adapters = await openAdapters(configuration, replacements)
  const useCases = createUseCases(adapters)
  const { store, clock } = adapters
  const { auth, gatewaySecret } = configuration
  const app = createApp({ useCases, store, log, auth, clock, gatewaySecret })
  const server = createServer(
    // A client gets ten seconds for its headers and thirty for its request; node looks every second.
    { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 },
    app.callback(),
  )
  keepAnswersApart(server)
  try {
    const port = await listen(server, configuration)
    const background = startBackground(useCases, log)
    const host = configuration.host.includes(':') ? `[${configuration.host}]` : configuration.host
    for (const name of adapters.migrated) log.info({ migration: name }, 'The schema was migrated')
    return {
      url: `http://${host}:${port}`,
      useCases,
      stop: async () => {
        await Promise.all([close(server, configuration.shutdownGraceMs), background.stop()])
        await adapters.close()
      },
    }
  } catch (error) {
    await adapters.close()
    throw error
  }
}

/**
 * What cannot be read behind a request must not take the place of its answer: node would write its 400 while the request
 * is still at work, and the client would believe that nothing was done.
 */
const keepAnswersApart = (server: Server): void => {
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>()
  server.on('request', (request, response) => latest.set(request.socket, { request, response }))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const { request, response } = latest.get(socket) ?? {}
    if (request?.complete && response && !response.writableEnded) {
      response.once('close', () => socket.destroy())
      return
    }
    const status =
      { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
    const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`
    if (socket.writable) socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else socket.destroy()
  })
}

const listen = (server: Server, { host, port }: Configuration): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** Lets started requests finish, and cuts off what has not finished when the grace is over. */
const close = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
