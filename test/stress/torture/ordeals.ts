import { setTimeout as sleep } from 'node:timers/promises'
import { hangUp } from '../client.ts'
import type { ServerProcess } from '../servers.ts'
import type { Ordeal } from './plan.ts'

/** What has been done to servers. */
export type Toll = {
  kills: number
  /** How often a crash point has killed. */
  byPoint: Map<string, number>
  /** How often a crash point was waited for in vain. */
  missed: Map<string, number>
  byKind: Map<string, number>
  /** How long a killed server took to listen again, in ms. */
  restarts: number[]
  /** Where servers stood still, and for how long in ms. */
  standstills: { point: string; ms: number }[]
}

/** Which servers clients may ask. */
export type Doors = Readonly<{
  /** The addresses in use. */
  urls: string[]
  /** Whatever goes on with the other servers while this one stands still; over when the signal is given. */
  meanwhile: (signal: AbortSignal) => Promise<unknown>
  /** Begins to lead the server with this address to a crash point; over soon after the signal is given. */
  bringAbout: (url: string, point: string, signal: AbortSignal) => void
}>

/** Nothing is known of the server that stands still, so what it has leased is taken over after 30 s. */
const STANDSTILL_MS = 32_000

/** Long enough for the woken one to write what it still believes. */
const AWAKE_MS = 1500

/** A point that is not reached in this time is not waited for any longer. */
const PATIENCE_MS = 12_000

/** The load has so long to get to a point by itself, among all else that goes on. */
const BY_CHANCE_MS = 2000

/** A server without a toll. */
export const noToll = (): Toll => ({
  kills: 0,
  byPoint: new Map(),
  missed: new Map(),
  byKind: new Map(),
  restarts: [],
  standstills: [],
})

/** Starts a server that is down and brings it down again, as the ordeal says; false if its crash point was not reached. */
export const undergo = async (
  server: ServerProcess,
  ordeal: Ordeal,
  toll: Toll,
  doors: Doors,
): Promise<boolean> => {
  const { kind, point = '', nth = 1, afterMs = 0, expiry } = ordeal
  const crashAt = `${point}:${nth}${kind === 'stop' ? ':stop' : ''}`
  const settings = { ...(expiry && { ORDER_TTL: '2s' }), ...(point && { CRASH_AT: crashAt }) }
  const begun = performance.now()
  const started = server.start(settings)
  if (kind === 'start') {
    await sleep(afterMs)
    await server.kill()
    await started
    count(toll, 'start')
    return true
  }
  if (await started) toll.restarts.push(performance.now() - begun)
  if (!point) {
    await sleep(afterMs)
    await server.kill()
    count(toll, kind)
    return true
  }
  const reached = await awaitPoint(server, point, doors)
  if (reached === 'SIGSTOP') await standStill(server, point, toll, doors)
  await server.kill()
  if (reached === 'SIGKILL') add(toll.byPoint, point)
  if (!reached) add(toll.missed, point)
  count(toll, reached === 'SIGKILL' ? 'point' : reached ? 'after a standstill' : 'load')
  return reached !== undefined
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const count = (toll: Toll, kind: string): void => {
  toll.kills += 1
  add(toll.byKind, kind)
}

/** What the server sent itself at its point; undefined if it did not get there, although it was led there. */
const awaitPoint = async (server: ServerProcess, point: string, { bringAbout }: Doors) => {
  const crashed = server.crashed()
  const byChance = await Promise.race([crashed, sleep(BY_CHANCE_MS)])
  if (byChance) return byChance
  const over = new AbortController()
  bringAbout(server.url, point, over.signal)
  const reached = await Promise.race([crashed, sleep(PATIENCE_MS - BY_CHANCE_MS)])
  over.abort()
  return reached
}

/** Its clients are sent elsewhere; the others take over what it has leased; then it wakes and believes that no time has passed. */
const standStill = async (
  server: ServerProcess,
  point: string,
  toll: Toll,
  { urls, meanwhile }: Doors,
): Promise<void> => {
  const begun = performance.now()
  const over = new AbortController()
  const elsewhere = meanwhile(over.signal)
  urls.splice(urls.indexOf(server.url), 1)
  hangUp(server.url)
  await sleep(STANDSTILL_MS)
  await server.wake()
  toll.standstills.push({ point, ms: Math.round(performance.now() - begun) })
  await sleep(AWAKE_MS)
  over.abort()
  await elsewhere
  urls.push(server.url)
}
