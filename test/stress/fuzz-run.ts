import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { type Document, type Onslaught, openRequests } from './fuzz-requests.ts'
import { auditPlace, openPlace, sell, stopAll } from './place.ts'
import { randomOf } from './random.ts'

/** How a run is to be. Without a PostgreSQL URL it is on SQLite. `longestMs` is when an answer counts as a hang. */
export type FuzzOptions = Readonly<{
  seed: number
  requests: number
  connections: number
  longestMs: number
  postgresUrl?: string | undefined
}>

/** What came of it: how often each status was answered, how long it took, and how the server's memory grew, in bytes. */
export type FuzzReport = Readonly<{
  statuses: ReadonlyMap<string, number>
  times: readonly number[]
  grownBytes: number
  faults: readonly string[]
  findings: readonly Finding[]
}>

/** The first half of the requests fills every cache, and the heap to where its collector begins to work in earnest. */
const WARM = 0.5

/** Sends requests that mean no good to a real server, and notes what is answered with a 5xx, late or never. */
export const runFuzz = async (options: FuzzOptions): Promise<FuzzReport> => {
  const settings = { RATE_LIMIT: '0', UNPAID_ORDERS: '0', GATEWAY_TIMEOUT: '100ms' }
  const place = await openPlace(options.postgresUrl, 1, settings)
  const url = place.servers[0]?.url ?? ''
  const random = randomOf(options.seed)
  const faults: string[] = []
  const statuses = new Map<string, number>()
  const times: number[] = []
  try {
    const knownIds = [...(await sell(place, 5, 1_000_000)), 'ord_1', 'pay_1', 'prod_1']
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
    const next = openRequests(document, random, knownIds)
    let left = options.requests
    const work = async (until: number) => {
      while (left > until) {
        left -= 1
        const onslaught = next()
        const { text, tookMs } = await strike(url, onslaught, options.longestMs)
        times.push(tookMs)
        const found = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status ?? '')
        for (const status of found.length > 0 ? found : ['none']) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
        if (found.some((status) => status >= '500')) faults.push(`${show(onslaught)}\n  ${text}`)
        if (tookMs > options.longestMs) faults.push(`${show(onslaught)}\n  took ${tookMs} ms`)
        learn(knownIds, text)
      }
    }
    const all = (until: number) =>
      Promise.all(Array.from({ length: options.connections }, () => work(until)))
    await all(options.requests * (1 - WARM))
    const before = await memoryOf(url)
    await all(0)
    await sleep(1000) // What is about to be freed is freed.
    const grownBytes = (await memoryOf(url)) - before
    const ends = await stopAll(place)
    const complaints = place.servers.flatMap((server) => server.complaints)
    const findings = await auditPlace(place, false)
    return { statuses, times, grownBytes, faults: [...faults, ...ends, ...complaints], findings }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** Sends the bytes on a connection of their own, sends no more, and reads until the server closes it. */
const strike = async (
  url: string,
  { pieces, leaves }: Onslaught,
  longestMs: number,
): Promise<{ text: string; tookMs: number }> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const received: Buffer[] = []
  socket.on('data', (bytes) => received.push(bytes))
  socket.on('error', () => undefined) // The server may close before it has read everything.
  socket.on('end', () => socket.end())
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await Promise.race([once(socket, 'connect'), closed])
  const begun = performance.now()
  for (const piece of pieces.filter(({ length }) => length > 0)) {
    socket.write(piece)
    await sleep(0)
  }
  if (leaves) socket.destroy()
  else socket.end()
  await Promise.race([closed, sleep(2 * longestMs, undefined, { ref: false })])
  socket.destroy()
  return { text: Buffer.concat(received).toString('latin1'), tookMs: performance.now() - begun }
}

/** Ids that an answer tells are used in later requests; a few of them, so that requests meet. */
const learn = (knownIds: string[], text: string): void => {
  const [id] = /\b(?:ord|pay)_[0-9a-f]{32}/.exec(text) ?? []
  if (id && !knownIds.includes(id)) knownIds.push(id)
  if (knownIds.length > 40) knownIds.splice(8, 1)
}

const memoryOf = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(metrics) ?? []
  if (bytes === undefined) throw new Error('The server does not tell how much memory it takes.')
  return Number(bytes)
}

const show = ({ pieces }: Onslaught): string =>
  JSON.stringify(Buffer.concat(pieces).toString('latin1').slice(0, 1500))
