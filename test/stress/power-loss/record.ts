import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Answer, NoAnswer } from '../client.ts'
import { type Intent, openJournal } from '../journal.ts'
import { METHODS, runClient, type Scene } from '../load.ts'
import { sell } from '../place.ts'
import { randomOf } from '../random.ts'
import { serverOn } from '../servers.ts'
import { type DiskEvent, readTrace, tracing } from './trace.ts'

/** How to record: with how many requests in each life of the server, and with which `synchronous`. */
export type RecordingOptions = Readonly<{
  folder: string
  seed: number
  requests: number
  sync: 'full' | 'normal'
}>

/** An answer, and a time in ms since 1970 at which the client surely had it. */
export type Told = Readonly<{ at: number; intent: Intent; answer: Answer | NoAnswer }>

/** What a server did to its disk, and what clients were told meanwhile. `faults` are of the recording itself. */
export type Recording = Readonly<{
  events: readonly DiskEvent[]
  told: readonly Told[]
  faults: readonly string[]
}>

/** Where a server keeps its database, and the gateway its books: they may stand side by side, or far apart. */
export const places = (folder: string) => ({
  shop: join(folder, 'shop'),
  database: join(folder, 'shop', 'holdfast.db'),
  gateway: join(folder, 'gateway'),
  ledger: join(folder, 'gateway', 'ledger.db'),
})

const CLIENTS = 4

/**
 * Three lives of a server under strace, on one database: the first is killed in the middle of its work, the second finds
 * what it has left, the third what a clean stop leaves.
 */
export const record = async (options: RecordingOptions): Promise<Recording> => {
  const { folder, seed, requests, sync } = options
  const { database, ledger } = places(folder)
  const preload = fileURLToPath(new URL('normal-sync.ts', import.meta.url))
  const traces: string[] = []
  const server = await serverOn(
    {
      DATABASE_URL: `sqlite:${database}`,
      FAKE_LEDGER: ledger,
      GATEWAY_TIMEOUT: '200ms',
      ...(sync === 'normal' && { NODE_OPTIONS: `--import=${preload}` }),
    },
    {
      under: () => {
        traces.push(join(folder, `trace-${traces.length + 1}`))
        return tracing(traces.at(-1) ?? '')
      },
    },
  )
  try {
    const { scene, told } = sceneOf(server.url)
    await server.start({ CRASH_AT: `after-commit:create:${Math.ceil(requests / 4)}` })
    Object.assign(scene, { products: await sell({ servers: [server] }, 6, 40) })
    await serveFor(scene, seed, Number.POSITIVE_INFINITY, server.crashed())
    for (const life of [1, 2]) {
      await server.start()
      await serveFor(scene, seed + life * CLIENTS, requests)
      await server.stop()
    }
    const events: DiskEvent[] = []
    for (const trace of traces) {
      await untilComplete(trace)
      events.push(...(await readTrace(trace, folder)))
    }
    return { events, told, faults: [...scene.journal.faults, ...server.complaints] }
  } finally {
    await server.kill()
  }
}

type OpenScene = Omit<Scene, 'isOver'> & { isOver: () => boolean }

const sceneOf = (url: string): { scene: OpenScene; told: Told[] } => {
  const journal = openJournal()
  const told: Told[] = []
  const write: typeof journal.write = (intent, answer, mayBeDown) => {
    told.push({ at: Date.now() + 1, intent, answer }) // Our clock shows whole ms that have begun.
    journal.write(intent, answer, mayBeDown)
  }
  const scene = {
    urls: [url],
    products: [],
    methods: METHODS,
    journal: { ...journal, write },
    recent: [],
    mayBeDown: () => true,
    isOver: () => false,
  }
  return { scene, told }
}

/** Load until there were so many requests, or until the server is dead. */
const serveFor = async (
  scene: OpenScene,
  seed: number,
  requests: number,
  death?: Promise<unknown>,
): Promise<void> => {
  const before = scene.journal.intents.length
  let dead = false
  death?.then(() => {
    dead = true
  })
  scene.isOver = () => dead || scene.journal.intents.length >= before + requests
  const load = Array.from({ length: CLIENTS }, (_, client) =>
    runClient(scene, randomOf(seed + 1 + client)),
  )
  await Promise.all(load)
}

/** The tracer is a process of its own, which writes its last line when the server is dead already. */
const untilComplete = async (trace: string): Promise<void> => {
  while (!existsSync(trace) || !/\+\+\+ (exited|killed) .*\+\+\+\s*$/.test(tail(trace))) {
    await sleep(20)
  }
}

const tail = (file: string): string => readFileSync(file).subarray(-200).toString()
