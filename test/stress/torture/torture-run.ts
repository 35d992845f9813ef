import { crashPoints } from '../../../packages/adapters/src/crash/crash-at.ts'
import type { Finding } from '../../../packages/adapters/src/index.ts'
import { openReader } from '../books.ts'
import { openJournal } from '../journal.ts'
import { METHODS, runClient, type Scene } from '../load.ts'
import { openPlace, type Place, sell, stopAll } from '../place.ts'
import { randomOf } from '../random.ts'
import type { ServerProcess } from '../servers.ts'
import { type Settled, settle } from '../settle.ts'
import { bringAbout } from './errands.ts'
import { type Doors, noToll, type Toll, undergo } from './ordeals.ts'
import { hasEveryPoint, type Ordeal, planAgain, planOf, type Suited, suits } from './plan.ts'

/** How a run is to be. Without a PostgreSQL URL it is one server on SQLite, otherwise three. */
export type TortureOptions = Readonly<{
  postgresUrl?: string | undefined
  seed: number
  kills: number
  clients: number
}>

/** What came of it. `unreached` are crash points that never killed, where the plan has all of them. */
export type TortureReport = Settled &
  Readonly<{ toll: Toll; unreached: readonly string[]; tookMs: number }>

const DEADLINE_MS = 2000

/** Some gateways are worse than our script: by chance, it goes wrong like this. */
const GATEWAY_ARGS = [
  ...['--slow-capture', '1s', '--late-capture', '3s', '--slow-answers', '0.02', '--slow-by', '1s'],
  ...[
    '--lost-answers',
    '0.02',
    '--errors',
    '0.02',
    '--nonsense',
    '0.02',
    '--forgotten-keys',
    '0.02',
  ],
  ...['--doubled-notifications', '0.2', '--delayed-notifications', '0.2'],
]

/** Captures late in spite of a void, and the gateway does not want to give the money back at first. */
const IGNORES_VOID = 'fake_refund_refused'

const LATE = { fake_late_capture: 5, [IGNORES_VOID]: 8, fake_insufficient_funds: 3 }

/** Load from many clients while servers go through one ordeal after the other; then the audit. */
export const runTorture = async (options: TortureOptions): Promise<TortureReport> => {
  const { postgresUrl, seed, kills } = options
  const begun = performance.now()
  const settings = { PAYMENT_DEADLINE: `${DEADLINE_MS}ms` }
  const place = await openPlace(postgresUrl, postgresUrl ? 3 : 2, settings, GATEWAY_ARGS)
  try {
    const products = await sell(place, 6, 40)
    await stopAll(place)
    // On SQLite the second one only serves while the first stands still.
    const victims = postgresUrl ? place.servers : place.servers.slice(0, 1)
    const spare = postgresUrl ? undefined : place.servers[1]
    const random = randomOf(seed)
    const { scene, toll } = await torture(options, planOf(random, kills), victims, spare, products)
    const times = { deadlineMs: DEADLINE_MS, ranMs: performance.now() - begun }
    const settled = await settle({ ...place, servers: victims }, scene, random, times)
    const unreached = crashPoints.filter((point) => !toll.byPoint.has(point))
    return {
      ...settled,
      findings: [...settled.findings, await checkFences(place)],
      faults: [...settled.faults, ...(spare?.complaints ?? [])],
      toll,
      unreached: hasEveryPoint(kills) ? unreached : [],
      tookMs: Math.round(performance.now() - begun),
    }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/**
 * A debt that is paid harms nobody, so the audit does not mind it. But of these methods only one captures what was voided:
 * a refund of any other means that an attempt was given up without a fence.
 */
const checkFences = async ({ environment }: Place): Promise<Finding> => {
  const ledger = await openReader(`sqlite:${environment['FAKE_LEDGER']}`)
  const captured = await ledger.rows(`select idempotency_key, payment_method from charges
    where refunded = 1 and payment_method <> '${IGNORES_VOID}'`)
  await ledger.close()
  return {
    id: 'F1',
    says: 'what was fenced was not captured, but by the method that ignores a void',
    broken: captured.length,
    rows: captured.map(({ idempotency_key, payment_method }) => ({
      row: String(idempotency_key),
      found: `${payment_method} was captured and refunded`,
    })),
  }
}

/** Clients ask the victims, which go down again and again; in the end all of them are up and nobody asks any more. */
const torture = async (
  { seed, clients }: TortureOptions,
  plan: readonly Ordeal[],
  victims: readonly ServerProcess[],
  spare: ServerProcess | undefined,
  products: readonly string[],
): Promise<Readonly<{ scene: Scene; toll: Toll }>> => {
  const urls = victims.map(({ url }) => url)
  let over = false
  const scene: Scene = {
    ...{ urls, products, recent: [], journal: openJournal() },
    methods: { ...METHODS, ...LATE },
    mayBeDown: () => true,
    isOver: () => over,
  }
  const load = Array.from({ length: clients }, (_, client) =>
    runClient(scene, randomOf(seed + 1 + client)),
  )
  const errands: Promise<void>[] = []
  const lead: Doors['bringAbout'] = (url, point, signal) => {
    const random = randomOf(seed + 1 + clients + errands.length)
    errands.push(bringAbout(scene, random, url, point, signal))
  }
  const toll = await executeAll(plan, victims, urls, spare, lead).finally(() => {
    over = true
  })
  for (const server of victims) await server.start()
  await Promise.all([...load, ...errands])
  return { scene, toll }
}

/** Each victim takes the next ordeal of the plan that suits it when it has gone through its last one. */
const executeAll = async (
  plan: readonly Ordeal[],
  victims: readonly ServerProcess[],
  urls: string[],
  spare: ServerProcess | undefined,
  lead: Doors['bringAbout'],
): Promise<Toll> => {
  const toll = noToll()
  const left = [...plan]
  const goThrough = async (
    server: ServerProcess,
    suited: Suited,
    doors: Doors,
    signal?: AbortSignal,
  ) => {
    while (!signal?.aborted) {
      const index = left.findIndex((ordeal) => suits(ordeal, suited))
      const [next] = index === -1 ? [] : left.splice(index, 1)
      if (!next) return
      if (await undergo(server, next, toll, doors)) continue
      const { point = '' } = next
      const again = planAgain(next, toll.missed.get(point) ?? 0, toll.byPoint.has(point))
      if (again) left.push(again)
    }
  }
  const doors: Doors = {
    urls,
    bringAbout: lead,
    meanwhile: async (signal) => {
      if (!spare) return
      urls.push(spare.url)
      // The one that serves while another stands still does not do so itself.
      const suited = { mayStop: false, isNotified: false }
      await goThrough(spare, suited, { ...doors, meanwhile: async () => undefined }, signal)
      urls.splice(urls.indexOf(spare.url), 1)
    },
  }
  await Promise.all(
    victims.map((server, number) =>
      // The gateway notifies the first of them.
      goThrough(server, { mayStop: true, isNotified: number === 0 }, doors),
    ),
  )
  return toll
}
