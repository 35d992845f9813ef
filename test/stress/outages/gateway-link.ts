import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Where charges are held: the gateway has heard nothing of them yet, or has done them and its answers are on their way. */
type Moment = 'not arrived' | 'answered'

/** A link to a gateway that can fail in the ways in which links fail. */
export type GatewayLink = Readonly<{
  url: string
  /** The link works. Connections on which something was swallowed stay silent for ever. */
  pass: () => Promise<void>
  /** Nobody listens any more, and every connection is reset. */
  refuse: () => Promise<void>
  /** Takes everything and delivers nothing. */
  swallow: () => void
  /** Delivers every request, and this share of its answer, from 0 up to 1; then the connection is reset. */
  cut: (share: number) => void
  /** Holds charges at a moment. Resolves when so many are there, with what lets them go on. */
  hold: (moment: Moment, charges: number) => Promise<() => void>
  close: () => Promise<void>
}>

type Hold = { moment: Moment; left: number; reached: () => void; letGo: (() => void)[] }

/** Opens a link to a port of this machine. */
export const openGatewayLink = async (targetPort: number): Promise<GatewayLink> => {
  let mode: 'pass' | 'swallow' | 'cut' = 'pass'
  let cutAfter = 0
  let hold: Hold | undefined
  const resets = new Set<() => void>()

  const isHeld = (moment: Moment, from: Socket, goOn: () => void): boolean => {
    if (hold?.moment !== moment) return false
    from.pause()
    hold.letGo.push(() => {
      goOn()
      from.resume()
    })
    hold.left -= 1
    if (hold.left === 0) hold.reached()
    return true
  }
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1')
    const state = { isSilent: false, isCharge: false }
    const isSilent = () => {
      state.isSilent ||= mode === 'swallow'
      return state.isSilent
    }
    const reset = () => {
      client.resetAndDestroy()
      upstream.destroy()
      resets.delete(reset)
    }
    resets.add(reset)
    client.on('data', (bytes) => {
      if (isSilent()) return
      const isHead = /^[A-Z]+ \//.test(bytes.toString('latin1', 0, 16))
      if (isHead) state.isCharge = bytes.toString('latin1', 0, 13) === 'POST /charge '
      const deliver = () => upstream.write(bytes)
      if (!(isHead && state.isCharge && isHeld('not arrived', client, deliver))) deliver()
    })
    upstream.on('data', (bytes) => {
      if (isSilent()) return
      if (mode === 'cut') {
        client.write(bytes.subarray(0, Math.floor(bytes.length * cutAfter)), reset)
        return
      }
      const deliver = () => client.write(bytes)
      if (!(state.isCharge && isHeld('answered', upstream, deliver))) deliver()
    })
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('close', reset)
    upstream.on('close', () => isSilent() || reset())
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const refuse = async () => {
    const closed = server.listening && once(server, 'close')
    if (server.listening) server.close()
    for (const reset of resets) reset()
    await closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pass: async () => {
      mode = 'pass'
      if (!server.listening) await listen(port)
    },
    refuse,
    swallow: () => {
      mode = 'swallow'
    },
    cut: (share) => {
      mode = 'cut'
      cutAfter = share
    },
    hold: async (moment, charges) => {
      const { promise, resolve: reached } = Promise.withResolvers<void>()
      const held: Hold = { moment, left: charges, reached, letGo: [] }
      hold = held
      await promise
      return () => {
        hold = undefined
        for (const goOn of held.letGo) goOn()
      }
    },
    close: refuse,
  }
}
