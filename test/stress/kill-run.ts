import { setTimeout as sleep } from 'node:timers/promises'
import { openJournal } from './journal.ts'
import { runClient, type Scene } from './load.ts'
import { openPlace, type Place, sell } from './place.ts'
import { type Random, randomOf } from './random.ts'
import { type Settled, settle } from './settle.ts'

/**
 * How a run is to be. Without a PostgreSQL URL it is one server on SQLite. The load goes on for so many seconds, and on a
 * slow machine until there were `atLeast` so many kills and orders.
 */
export type KillOptions = Readonly<{
  postgresUrl?: string | undefined
  seed: number
  seconds: number
  atLeast: Readonly<{ kills: number; orders: number }>
  killEverySeconds: number
  clients: number
  deadlineSeconds: number
}>

/** What came of it. */
export type KillReport = Settled &
  Readonly<{
    kills: number
    /** How long a killed server took to listen again, in ms. */
    restarts: readonly number[]
  }>

/** Long enough for a connection that a kill has cut to be noticed by its client. */
const AFTERMATH_MS = 1000

/** Load from many clients, while servers are killed and started again; then the audit. */
export const runKills = async (options: KillOptions): Promise<KillReport> => {
  const { postgresUrl, seed, seconds, atLeast, clients, deadlineSeconds } = options
  const settings = { PAYMENT_DEADLINE: `${deadlineSeconds}s` }
  const place = await openPlace(postgresUrl, postgresUrl ? 3 : 1, settings)
  try {
    const random = randomOf(seed)
    const killer = openKiller(place, random)
    const begun = performance.now()
    const endsAt = begun + seconds * 1000
    const journal = openJournal()
    const mayEndBy = (time: number) =>
      time > endsAt &&
      killer.restartTimes.length >= atLeast.kills &&
      journal.orders.size >= atLeast.orders
    const scene: Scene = {
      urls: place.servers.map(({ url }) => url),
      products: await sell(place, 6, 40),
      journal,
      recent: [],
      mayBeDown: killer.mayBeDown,
      isOver: () => mayEndBy(performance.now()),
    }
    const load = Array.from({ length: clients }, (_, client) =>
      runClient(scene, randomOf(seed + 1 + client)),
    )
    while (!mayEndBy(performance.now() + options.killEverySeconds * 1500)) {
      await sleep(options.killEverySeconds * 1000)
      killer.killOne()
    }
    await Promise.all(load)
    await killer.rest()
    await sleep(AFTERMATH_MS)
    const ranMs = performance.now() - begun
    const settled = await settle(place, scene, random, {
      deadlineMs: deadlineSeconds * 1000,
      ranMs,
    })
    const restarts = killer.restartTimes
    return { ...settled, kills: restarts.length, restarts }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** Kills one server at a time and starts it again at once. */
const openKiller = ({ servers }: Place, random: Random) => {
  const restartTimes: number[] = []
  let lastUpAt = 0
  const restarts = new Set<Promise<void>>()
  const restart = async () => {
    const server = random.pick(servers)
    await server.kill()
    const began = performance.now()
    await server.start()
    lastUpAt = performance.now()
    restartTimes.push(lastUpAt - began)
  }
  return {
    restartTimes,
    mayBeDown: () => restarts.size > 0 || performance.now() < lastUpAt + AFTERMATH_MS,
    killOne: () => {
      if (restarts.size > 0) return // A slow machine has not yet brought the last one back.
      const restarting: Promise<void> = restart().finally(() => restarts.delete(restarting))
      restarting.catch(() => undefined) // The server's complaints tell.
      restarts.add(restarting)
    },
    rest: () => Promise.allSettled(restarts),
  }
}
