import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { send } from './client.ts'
import { openPlace, sell, stopAll } from './place.ts'

/** What is tried on the server: one user's flood, or slow headers on 500 sockets. */
export const ATTACKS = ['flood', 'slow-headers'] as const

/** How a run is to be. */
export type AttackOptions = Readonly<{
  attack: (typeof ATTACKS)[number]
  /** How long each is measured, with the attack and without it, turn by turn: a machine's moods hit both. */
  seconds: number
  rounds: number
  postgresUrl?: string | undefined
}>

/** What honest customers met with before and during the attack: how long their answers took, in ms, and what went wrong. */
export type AttackReport = Readonly<{
  usual: readonly number[]
  under: readonly number[]
  counts: ReadonlyMap<string, number>
  faults: readonly string[]
}>

/** Each customer asks so often: below the limit that they have. */
const CUSTOMERS = 4
const ASK_EVERY_MS = 25

/** Starts a server with the limits that it has by default, and measures four customers before and during an attack. */
export const runAttack = async ({
  attack,
  seconds,
  rounds,
  postgresUrl,
}: AttackOptions): Promise<AttackReport> => {
  const place = await openPlace(postgresUrl, 1, { RATE_LIMIT: '' })
  try {
    const url = place.servers[0]?.url ?? ''
    const faults: string[] = []
    const [productId = ''] = await sell(place, 1, 1_000_000)
    const orders = await Promise.all(
      Array.from({ length: CUSTOMERS }, (_, number) =>
        placeOrder(url, `customer-${number}`, productId),
      ),
    )
    const measure = async (ms: number): Promise<readonly number[]> =>
      (await Promise.all(orders.map((order) => askAndAsk(url, order, ms, faults)))).flat()

    await measure(Math.min(2000, seconds * 1000)) // Whatever is compiled or connected on first use.
    const [usual, under]: [number[], number[]] = [[], []]
    const counts = new Map<string, number>()
    for (let round = 1; round <= rounds; round += 1) {
      usual.push(...(await measure(seconds * 1000)))
      const attacker = startAttack(attack, url, seconds * 1000 + 1000)
      await sleep(1000) // It is in full swing.
      under.push(...(await measure(seconds * 1000)))
      for (const [what, count] of Object.entries(await attacker)) {
        const before = counts.get(what) ?? 0
        counts.set(what, what.startsWith('longest') ? Math.max(before, count) : before + count)
      }
    }
    const ends = await stopAll(place)
    const complaints = place.servers.flatMap((server) => server.complaints)
    return { usual, under, counts, faults: [...faults, ...ends, ...complaints] }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

type Ordered = Readonly<{ userId: string; id: string }>

const placeOrder = async (url: string, userId: string, productId: string): Promise<Ordered> => {
  const body = { lines: [{ productId, quantity: 1 }] }
  const placed = await send(url, { method: 'POST', path: '/order', userId, body })
  if ('none' in placed || placed.status !== 201) throw new Error(JSON.stringify(placed))
  return { userId, id: JSON.parse(placed.text).id }
}

/** Reads an order at a steady pace, and gives the times that it took. Anything but the order is a fault. */
const askAndAsk = async (
  url: string,
  { userId, id }: Ordered,
  ms: number,
  faults: string[],
): Promise<readonly number[]> => {
  const times: number[] = []
  const asked: Promise<void>[] = []
  const endsAt = performance.now() + ms
  while (performance.now() < endsAt) {
    const ask = async () => {
      const answer = await send(url, { method: 'GET', path: `/order/${id}`, userId })
      if ('none' in answer) faults.push(`No answer: ${answer.none}.`)
      else if (answer.status !== 200) faults.push(`${answer.status} ${answer.text}`)
      else times.push(answer.tookMs)
    }
    asked.push(ask())
    await sleep(ASK_EVERY_MS)
  }
  await Promise.all(asked)
  return times
}

const startAttack = async (
  kind: string,
  url: string,
  ms: number,
): Promise<Readonly<Record<string, number>>> => {
  const attacker = fileURLToPath(new URL('attacker.ts', import.meta.url))
  const args = ['--no-warnings', attacker, kind, url, String(ms)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(said)
}
