import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { auditJournal } from './audit-journal.ts'
import { openReader, readBooks } from './books.ts'
import { openJournal } from './journal.ts'
import { runClient, type Scene } from './load.ts'
import { auditPlace, openPlace, type Place, sell, stopAll } from './place.ts'
import { type Random, randomOf } from './random.ts'
import { holdfast } from './servers.ts'

/** How a run is to be. */
export type BesideOptions = Readonly<{ seed: number; seconds: number; clients: number }>

/** What came of it. */
export type BesideReport = Readonly<{
  findings: readonly Finding[]
  faults: readonly string[]
  counts: ReadonlyMap<string, number>
  times: readonly number[]
  commands: ReadonlyMap<string, number>
  commandTimes: readonly number[]
  holds: number
}>

const DEADLINE_SECONDS = 4

/** A user waits up to 5 s for somebody else's write; this stays below, with a pause to catch up. */
const HOLD_MS = 3000
const PAUSE_MS = 3000

/** One server on SQLite under load, beside the command line and a process that holds the write lock. */
export const runBeside = async ({
  seed,
  seconds,
  clients,
}: BesideOptions): Promise<BesideReport> => {
  const place = await openPlace(undefined, 1, { PAYMENT_DEADLINE: `${DEADLINE_SECONDS}s` })
  try {
    const endsAt = performance.now() + seconds * 1000
    const isOver = () => performance.now() > endsAt
    const journal = openJournal()
    const scene: Scene = {
      urls: place.servers.map(({ url }) => url),
      products: await sell(place, 6, 40),
      journal,
      recent: [],
      mayBeDown: () => false,
      isOver,
    }
    const beside = {
      commands: new Map<string, number>(),
      commandTimes: [] as number[],
      faults: [] as string[],
    }
    const [holds] = await Promise.all([
      holdNowAndThen(place, isOver),
      runCommands(place, randomOf(seed), isOver, beside),
      ...Array.from({ length: clients }, (_, client) =>
        runClient(scene, randomOf(seed + 1 + client)),
      ),
    ])
    await untilNothingPends(place)
    const badEnds = await stopAll(place)
    const books = await readBooks(place.databaseUrl)
    const complaints = place.servers.flatMap((server) => server.complaints)
    return {
      findings: [...(await auditPlace(place)), ...auditJournal(books, journal)],
      faults: [...journal.faults, ...beside.faults, ...badEnds, ...complaints],
      counts: journal.counts,
      times: journal.times,
      commands: beside.commands,
      commandTimes: beside.commandTimes,
      holds,
    }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** The real command line, one command after the other; every one of them has to end with 0. */
const runCommands = async (
  { environment }: Place,
  random: Random,
  isOver: () => boolean,
  beside: { commands: Map<string, number>; commandTimes: number[]; faults: string[] },
): Promise<void> => {
  while (!isOver()) {
    const sku = `SKU-${random.whole(1, 6)}`
    const price = `${random.whole(1, 9)}.99`
    const args = random.pick([
      ['product', 'restock', sku, String(random.whole(1, 9))],
      ['product', 'set', sku, '--price', price],
      ['order', 'list', '--limit', '20', '--json'],
      ['audit', '--json'],
    ])
    const began = performance.now()
    const { code, stderr } = await holdfast(args, environment)
    beside.commandTimes.push(performance.now() - began)
    const name = `${args.slice(0, 2).join(' ')}: exit ${code}`
    beside.commands.set(name, (beside.commands.get(name) ?? 0) + 1)
    if (code !== 0 || /BUSY|locked/i.test(stderr)) beside.faults.push(`${name}: ${stderr}`)
  }
}

/** Another process that takes the write lock and keeps it; how often. */
const holdNowAndThen = async ({ databaseUrl }: Place, isOver: () => boolean): Promise<number> => {
  const holder = fileURLToPath(new URL('hold-lock.ts', import.meta.url))
  const file = databaseUrl.slice('sqlite:'.length)
  let holds = 0
  for (;;) {
    await sleep(PAUSE_MS)
    if (isOver()) return holds
    const child = spawn(process.execPath, ['--no-warnings', holder, file, String(HOLD_MS)], {
      stdio: 'inherit',
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`The lock could not be taken: exit ${code}.`)
    holds += 1
  }
}

const untilNothingPends = async ({ databaseUrl }: Place): Promise<void> => {
  const reader = await openReader(databaseUrl)
  const giveUpAt = performance.now() + DEADLINE_SECONDS * 1000 + 10_000
  while (performance.now() < giveUpAt) {
    const [row] = await reader.rows(
      `select count(*) as count from payments where state = 'PENDING'`,
    )
    if (row?.['count'] === 0) break
    await sleep(200)
  }
  await reader.close()
}
