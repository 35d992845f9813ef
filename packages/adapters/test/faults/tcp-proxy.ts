import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createCommitFinder, createFramer, isCommitted } from './wire-frames.ts'

/** What the link does with what comes through. */
type Mode = 'pass' | 'swallow' | 'refuse'

/** What becomes of the next COMMIT: it is lost on its way, or its answer is, with a reset or in silence. */
export type CommitFault = 'lose the COMMIT' | 'lose its answer' | 'swallow its answer'

/** A link to a PostgreSQL server that can fail in every way in which links fail. */
export type Link = Readonly<{
  /** The same database, reached through this link. */
  through: (url: string) => string
  /** The link works. Connections on which something was swallowed stay silent for ever. */
  pass: () => void
  /**
   * The link takes everything and delivers nothing, not even that a connection has ended. Resolves when it has taken
   * something.
   */
  swallow: () => Promise<void>
  /** Resets every connection; with `refuse`, new ones as well, until `pass`. */
  reset: (refuse?: 'refuse') => void
  /** Delivers everything this much later. */
  delay: (ms: number) => void
  /** The next COMMIT fails like this, once; `then` is called when it has. */
  failNextCommit: (fault: CommitFault, then?: () => void) => void
  /** How many COMMIT were lost, or their answers. */
  lostCommits: () => number
  close: () => void
}>

/** Opens a link to a port of this machine. */
export const openLink = async (targetPort: number): Promise<Link> => {
  let mode: Mode = 'pass'
  let delayMs = 0
  let planned: { fault: CommitFault; then: (() => void) | undefined } | undefined
  let lost = 0
  let taken: (() => void) | undefined
  const links = new Set<() => void>()

  const takePlanned = (fault: CommitFault): boolean => {
    if (planned?.fault !== fault) return false
    lost += 1
    planned.then?.()
    planned = undefined
    return true
  }

  const server = createServer((client) => {
    if (mode === 'refuse') return void client.resetAndDestroy()
    const upstream = connect(targetPort, '127.0.0.1')
    const state = { silent: mode === 'swallow' }
    const isSilent = () => {
      state.silent ||= mode === 'swallow'
      return state.silent
    }
    /** The client learns at once that its connection is gone; the server first gets what was sent before. */
    const cut = () => {
      client.resetAndDestroy()
      upstream.end()
      links.delete(cut)
    }
    links.add(cut)
    const deliver = (to: Socket, bytes: Buffer) => {
      if (delayMs === 0) to.write(bytes)
      else setTimeout(() => !to.destroyed && to.write(bytes), delayMs)
    }
    const fromClient = createFramer(true)
    const isCommit = createCommitFinder()
    client.on('data', (chunk) => {
      if (isSilent()) return taken?.()
      for (const frame of fromClient(chunk)) {
        if (isCommit(frame) && takePlanned('lose the COMMIT')) return cut()
        deliver(upstream, frame.bytes)
      }
    })
    const fromServer = createFramer(false)
    upstream.on('data', (chunk) => {
      if (isSilent()) return
      for (const frame of fromServer(chunk)) {
        if (isCommitted(frame) && takePlanned('lose its answer')) return cut()
        if (isCommitted(frame) && takePlanned('swallow its answer')) {
          state.silent = true
          return
        }
        deliver(client, frame.bytes)
      }
    })
    const endBoth = () => {
      if (isSilent()) return
      client.destroy()
      upstream.destroy()
      links.delete(cut)
    }
    for (const socket of [client, upstream]) socket.on('error', endBoth).on('close', endBoth)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const reset = (refuse?: 'refuse') => {
    if (refuse) mode = refuse
    for (const cut of links) cut()
  }
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    pass: () => {
      mode = 'pass'
      delayMs = 0
    },
    swallow: () => {
      mode = 'swallow'
      return new Promise((resolve) => {
        taken = resolve
      })
    },
    reset,
    delay: (ms) => {
      delayMs = ms
    },
    failNextCommit: (fault, then) => {
      planned = { fault, then }
    },
    lostCommits: () => lost,
    close: () => {
      reset('refuse')
      server.close()
    },
  }
}
