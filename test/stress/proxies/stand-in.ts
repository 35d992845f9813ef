import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request as it came through the proxy; `complete` once all of its body is there. */
type Arrival = {
  method: string
  path: string
  host: string | undefined
  forwardedFor: string | undefined
  complete: boolean
}

/** An upstream that does what the path says: answers, resets the connection once all has come, or never answers. */
export type StandIn = Readonly<{
  address: string
  arrivals: readonly Arrival[]
  /** Nobody listens any more. */
  close: () => Promise<void>
}>

/** Starts one. It says that it is ready. */
export const startStandIn = async (): Promise<StandIn> => {
  const arrivals: Arrival[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    if (path === '/readyz') {
      response.end()
      return
    }
    const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().join(', ')
    const arrival: Arrival = { method, path, host: headers.host, forwardedFor, complete: false }
    arrivals.push(arrival)
    if (!(await buffer(request).catch(() => undefined))) return
    arrival.complete = true
    if (path === '/resets') request.socket.resetAndDestroy()
    else if (path !== '/hangs') response.end('{}')
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { address: `127.0.0.1:${port}`, arrivals, close }
}
