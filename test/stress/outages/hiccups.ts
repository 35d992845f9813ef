import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../../packages/adapters/src/index.ts'
import { auditPlace, stopAll } from '../place.ts'
import { buy, orderFor } from './customer.ts'
import { type Asked, type Manner, openShop, type Shop } from './shop.ts'
import { type Case, type Trouble, troubles } from './troubles.ts'
import { complaintsOf, faultsOf, readFates } from './verdict.ts'

/** How a run is to be. Without a PostgreSQL URL it is on SQLite. */
export type HiccupsOptions = Readonly<{ manner: Manner; postgresUrl?: string | undefined }>

/**
 * When payments ended, by trouble: those that were repeated in ms after all was well again, those that nobody asked for any
 * more in ms after their claim.
 */
type Ends = ReadonlyMap<string, Readonly<{ repeated: number[]; alone: number[] }>>

/** What came of it. */
export type HiccupsReport = Readonly<{
  ends: Ends
  orders: number
  faults: readonly string[]
  findings: readonly Finding[]
}>

/** How soon a repeat has to succeed after the return, and the reconciler after the claim. */
const REPEATED_MS = 1000
const ALONE_MS = 35_000

/** Customers tap again at about this pace. */
const PAUSE_MS = 100

/** Every trouble, one after the other, under payments that meet it between their claim and their conclusion. */
export const runHiccups = async ({
  manner,
  postgresUrl,
}: HiccupsOptions): Promise<HiccupsReport> => {
  const shop = await openShop(manner, postgresUrl, '5s')
  try {
    const ends = new Map<string, { repeated: number[]; alone: number[] }>()
    const faults: string[] = []
    const orders: string[] = []
    for (const [index, trouble] of troubles.entries()) {
      const row = ends.get(trouble.name) ?? { repeated: [], alone: [] }
      ends.set(trouble.name, row)
      for (const end of await runTrouble(shop, `${manner}-${index}`, trouble)) {
        const isAlone = end.repeat === 'nobody'
        row[isAlone ? 'alone' : 'repeated'].push(end.tookMs)
        orders.push(end.orderId)
        const what = `${manner}, ${trouble.name}, ${end.action}, ${end.repeat}`
        if (end.fault) faults.push(`${what}: ${end.fault}`)
        if (end.tookMs > (isAlone ? ALONE_MS : REPEATED_MS))
          faults.push(`${what}: ended after ${Math.round(end.tookMs)} ms`)
      }
    }
    faults.push(...(await stopAll(shop.place)), ...complaintsOf(shop))
    faults.push(...(await faultsOf(shop, orders)))
    return { ends, orders: orders.length, faults, findings: await auditPlace(shop.place) }
  } finally {
    await shop.close()
  }
}

type End = Case & Readonly<{ orderId: string; tookMs: number; fault?: string | undefined }>

const runTrouble = async (
  shop: Shop,
  name: string,
  { cases, late = [], run }: Trouble,
): Promise<readonly End[]> => {
  const prepare = (which: string) => async (one: Case, index: number) => {
    const { action, repeat } = one
    const userId = `${name}-${which}-${index}`
    const orderId = await orderFor(shop, userId, action)
    const key = repeat === 'same key' ? `key-${userId}` : undefined
    const asked: Asked = { action, orderId, userId, paymentMethod: 'fake_approve', key }
    return { ...one, asked, isLate: which === 'late' }
  }
  const prepared = await Promise.all([...cases.map(prepare('first')), ...late.map(prepare('late'))])
  const paying: Promise<End & Readonly<{ at: number }>>[] = []
  const backAt = await run(shop, (which) => {
    for (const { asked, isLate, ...one } of prepared) {
      if (isLate !== (which === 'late')) continue
      const { orderId } = asked
      const ended =
        one.repeat === 'nobody' ? payOnce(shop, asked) : buy(shop, asked, () => PAUSE_MS)
      paying.push(ended.then(({ at, fault }) => ({ ...one, orderId, tookMs: 0, at, fault })))
    }
  })
  const ends = await Promise.all(paying)
  return Promise.all(
    ends.map(async ({ at, ...end }) => ({
      ...end,
      tookMs: end.repeat === 'nobody' ? await untilEnded(shop, end.orderId) : at - backAt,
    })),
  )
}

const payOnce = async (shop: Shop, asked: Asked): Promise<{ at: number; fault?: string }> => {
  await shop.pay(asked)
  return { at: performance.now() }
}

/** Waits for the reconciler, however long it takes; how long that was after the claim, in ms. */
const untilEnded = async (shop: Shop, orderId: string): Promise<number> => {
  for (;;) {
    const fate = (await readFates(shop)).get(orderId)
    if (fate?.state !== 'PAYMENT_IN_PROGRESS') return fate?.tookMs ?? Number.POSITIVE_INFINITY
    await sleep(250)
  }
}
