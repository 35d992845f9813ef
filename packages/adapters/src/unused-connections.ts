import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server, as far as its stop is concerned. */
export type Connections = Readonly<{
  /**
   * Ends every connection on which no request that was received in full waits for its answer, now, and from then on each
   * as soon as its last answer is out.
   */
  endUnused: () => void
}>

/**
 * Watches a server's connections from their first byte. node's own `close` and `closeIdleConnections` know only those on
 * which a request has been answered: one that has sent nothing, half a header or half a body would hold up a stop for its
 * whole grace. Nothing has been done for any of these, so that ending them takes no answer from anybody.
 */
export const watchConnections = (server: Server): Connections => {
  const unanswered = new Map<Socket, Set<IncomingMessage>>()
  let isEnding = false
  const endIfUnused = (socket: Socket) => {
    const isUsed = [...(unanswered.get(socket) ?? [])].some(({ complete }) => complete)
    if (!isUsed) socket.destroySoon() // What was written still goes out.
  }
  server.on('connection', (socket) => {
    unanswered.set(socket, new Set())
    socket.once('close', () => unanswered.delete(socket))
  })
  server.on('request', (request, response) => {
    const { socket } = request
    unanswered.get(socket)?.add(request)
    response.once('close', () => {
      unanswered.get(socket)?.delete(request)
      if (isEnding) endIfUnused(socket)
    })
  })
  return {
    endUnused: () => {
      isEnding = true
      for (const socket of [...unanswered.keys()]) endIfUnused(socket)
    },
  }
}
