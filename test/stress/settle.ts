import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { auditJournal, isFinal } from './audit-journal.ts'
import { openReader, type Reader, readBooks } from './books.ts'
import { type Scene, tell } from './load.ts'
import { auditPlace, type Place, stopAll } from './place.ts'
import type { Random } from './random.ts'

/** What is left of a run once nothing goes on any more. */
export type Settled = Readonly<{
  findings: readonly Finding[]
  faults: readonly string[]
  counts: ReadonlyMap<string, number>
  times: readonly number[]
  orders: number
  replays: number
  settledAfterMs: number
}>

/** A worker that was killed at its work leaves leases of 30 s behind. */
const LEASE_MS = 30_000

/** A debt that the gateway refuses three times is paid after seven seconds. */
const PATIENCE_MS = 20_000

const KEYS_REPEATED_AT_THE_END = 500

/** Waits for the end of every payment and refund, asks once more with keys that had their answer, stops, and audits. */
export const settle = async (
  place: Place,
  scene: Scene,
  random: Random,
  { deadlineMs, ranMs }: Readonly<{ deadlineMs: number; ranMs: number }>,
): Promise<Settled> => {
  const { journal } = scene
  // The older a payment is, the longer is the gap until the gateway is asked about it again: half of its age.
  const boundMs = deadlineMs + ranMs / 2 + 2 * LEASE_MS + PATIENCE_MS
  const settledAfterMs = await untilQuiet(place, boundMs)
  const replays = await repeatKeys(scene, random)
  const badEnds = await stopAll(place)
  const books = await readBooks(place.databaseUrl)
  return {
    findings: [...(await auditPlace(place)), ...auditJournal(books, journal)],
    faults: [...journal.faults, ...badEnds, ...place.servers.flatMap((each) => each.complaints)],
    counts: journal.counts,
    times: journal.times,
    orders: books.orders.size,
    replays,
    settledAfterMs,
  }
}

/** Waits until nothing is under way, and for the audit to complain where that never happens; how long, in ms. */
const untilQuiet = async (place: Place, boundMs: number): Promise<number> => {
  const begun = performance.now()
  const database = await openReader(place.databaseUrl)
  const ledger = await openReader(`sqlite:${place.environment['FAKE_LEDGER']}`)
  while (performance.now() < begun + boundMs && !(await isQuiet(database, ledger))) await sleep(200)
  await Promise.all([database.close(), ledger.close()])
  return Math.round(performance.now() - begun)
}

/** Nothing is PENDING or owed, and no money was taken, or will be, that we do not know of. */
const isQuiet = async (database: Reader, ledger: Reader): Promise<boolean> => {
  const [open] = await database.rows(`select
    (select count(*) from payments where state = 'PENDING') +
    (select count(*) from refunds where state = 'OWED') as count`)
  if (open?.['count'] !== 0) return false
  const kept = await ledger.rows(`select idempotency_key as id from charges
    where (state = 'captured' or captures_at is not null) and refunded = 0`)
  const paid = await database.rows(`select id from payments where state = 'SUCCEEDED'`)
  const succeeded = new Set(paid.map(({ id }) => id))
  return kept.every(({ id }) => succeeded.has(id))
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
