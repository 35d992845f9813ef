import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { auditJournal, isFinal } from './audit-journal.ts'
import { openReader, readBooks } from './books.ts'
import { openJournal } from './journal.ts'
import { runClient, type Scene, tell } from './load.ts'
import { auditPlace, openPlace, type Place, sell, stopAll } from './place.ts'
import { type Random, randomOf } from './random.ts'

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
export type KillReport = Readonly<{
  findings: readonly Finding[]
  faults: readonly string[]
  counts: ReadonlyMap<string, number>
  kills: number
  /** How long a killed server took to listen again, in ms. */
  restarts: readonly number[]
  times: readonly number[]
  orders: number
  replays: number
  settledAfterMs: number
}>

/** A reconciler that was killed at its work leaves leases of 30 s behind. */
const LEASE_MS = 30_000

/** Long enough for a connection that a kill has cut to be noticed by its client. */
const AFTERMATH_MS = 1000

const KEYS_REPEATED_AT_THE_END = 500

/** Load from many clients, while servers are killed and started again; then the audit. */
export const runKills = async (options: KillOptions): Promise<KillReport> => {
  const { postgresUrl, seed, seconds, atLeast, clients, deadlineSeconds } = options
  const settings = { PAYMENT_DEADLINE: `${deadlineSeconds}s` }
  const place = await openPlace(postgresUrl, postgresUrl ? 3 : 1, settings)
  try {
    const random = randomOf(seed)
    const killer = openKiller(place, random)
    const endsAt = performance.now() + seconds * 1000
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
    return await settle(place, scene, random, killer.restartTimes, deadlineSeconds)
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** Waits for the end of every payment, asks once more with keys that had their answer, stops, and audits. */
const settle = async (
  place: Place,
  scene: Scene,
  random: Random,
  restarts: readonly number[],
  deadlineSeconds: number,
): Promise<KillReport> => {
  const { journal } = scene
  const boundMs = deadlineSeconds * 1000 + LEASE_MS + 10_000
  const settledAfterMs = await untilNothingPends(place, boundMs)
  const replays = await repeatKeys(scene, random)
  const badEnds = await stopAll(place)
  const books = await readBooks(place.databaseUrl)
  return {
    findings: [...(await auditPlace(place)), ...auditJournal(books, journal)],
    faults: [...journal.faults, ...badEnds, ...place.servers.flatMap((each) => each.complaints)],
    counts: journal.counts,
    kills: restarts.length,
    restarts,
    times: journal.times,
    orders: books.orders.size,
    replays,
    settledAfterMs,
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

const untilNothingPends = async ({ databaseUrl }: Place, boundMs: number): Promise<number> => {
  const begun = performance.now()
  const reader = await openReader(databaseUrl)
  const pending = `select count(*) as count from payments where state = 'PENDING'`
  while (performance.now() < begun + boundMs) {
    const [row] = await reader.rows(pending)
    if (row?.['count'] === 0) break
    await sleep(200)
  }
  await reader.close()
  return Math.round(performance.now() - begun)
}

/** What a key was answered with has to come again, and a payment that was under way has to have its end. */
const repeatKeys = async (scene: Scene, random: Random): Promise<number> => {
  const answered = scene.journal.intents.filter(
    ({ sent, heard }) =>
      sent.key !== undefined && heard.some((each) => isFinal(each) || each.status === 202),
  )
  const some = random.shuffle(answered).slice(0, KEYS_REPEATED_AT_THE_END)
  for (const intent of some) {
    await tell(scene, random, intent)
    const last = intent.heard.at(-1)
    if (last && !isFinal(last)) {
      scene.journal.faults.push(`A key has no final answer: ${JSON.stringify(intent)}`)
    }
  }
  return some.length
}
