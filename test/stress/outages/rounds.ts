import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../../packages/adapters/src/index.ts'
import { auditPlace, stopAll } from '../place.ts'
import { type Random, randomOf } from '../random.ts'
import { buy, orderFor } from './customer.ts'
import { OUTAGES, type Outage } from './gateway.ts'
import { type Asked, type Manner, openShop, type Shop } from './shop.ts'
import { complaintsOf, faultsOf } from './verdict.ts'

/** How a run is to be. Without a PostgreSQL URL it is on SQLite. */
export type RoundsOptions = Readonly<{
  manner: Manner
  postgresUrl?: string | undefined
  seed: number
  rounds: number
  customers: number
}>

/** What came of it. */
export type RoundsReport = Readonly<{
  orders: number
  /**
   * By kind of outage: after how many ms from the gateway's return those customers were paid who had asked before, with a
   * method that is approved at once.
   */
  paidAfter: ReadonlyMap<Outage['kind'], readonly number[]>
  /** How many rounds of each kind there were. */
  outages: ReadonlyMap<string, number>
  asked: number
  tookMs: number
  faults: readonly string[]
  findings: readonly Finding[]
}>

/** Methods by which a gateway that is there takes the money in the end, and one that has to be retried by another. */
const METHODS = { fake_approve: 60, fake_ack_lost: 10, fake_slow: 10, fake_decline: 20 }

/** Customers who wait for nothing here are served within this. */
const GATEWAY_TIMEOUT = '1s'

/** One outage after the other, each under customers of its own, who all have to be paid once in the end. */
export const runRounds = async (options: RoundsOptions): Promise<RoundsReport> => {
  const { manner, postgresUrl, seed, rounds, customers } = options
  const shop = await openShop(manner, postgresUrl, GATEWAY_TIMEOUT)
  try {
    const begun = performance.now()
    const random = randomOf(seed)
    const tally = { paidAfter: new Map(), outages: new Map(), asked: 0 }
    const faults: string[] = []
    const orders: string[] = []
    for (let round = 1; round <= rounds; round += 1) {
      const plan = planOf(random, customers)
      const { kind } = plan.outage
      const done = await runRound(shop, `${manner}-${round}`, plan)
      tally.outages.set(kind, (tally.outages.get(kind) ?? 0) + 1)
      tally.asked += done.asked
      tally.paidAfter.set(kind, [...(tally.paidAfter.get(kind) ?? []), ...done.paidAfter])
      faults.push(...done.faults.map((fault) => `${manner}, round ${round}, ${kind}: ${fault}`))
      orders.push(...done.orders)
    }
    const tookMs = performance.now() - begun
    faults.push(...(await stopAll(shop.place)), ...complaintsOf(shop))
    faults.push(...(await faultsOf(shop, orders)))
    const findings = await auditPlace(shop.place)
    return { ...tally, orders: orders.length, tookMs, faults, findings }
  } finally {
    await shop.close()
  }
}

/** What a customer does, and when. */
type Plan = Readonly<{
  outage: Outage
  afterMs: number
  lengthMs: number
  customers: readonly Readonly<{
    method: string
    hasKey: boolean
    /** Clicks twice at a time. */
    twice: boolean
    afterMs: number
    seed: number
  }>[]
}>

const planOf = (random: Random, customers: number): Plan => ({
  outage: { kind: random.pick(OUTAGES), share: random.next() },
  afterMs: random.whole(0, 300),
  lengthMs: random.whole(100, 1800),
  customers: Array.from({ length: customers }, () => ({
    method: random.weighted(METHODS),
    hasKey: random.chance(0.5),
    twice: random.chance(0.2),
    afterMs: random.whole(0, 1000),
    seed: random.whole(0, 2 ** 31),
  })),
})

type Done = Readonly<{
  orderId: string
  isSimple: boolean
  begunAt: number
  endedAt: number
  asked: number
  faults: readonly string[]
}>

const runRound = async (shop: Shop, name: string, plan: Plan) => {
  const buying = plan.customers.map((customer, index) =>
    purchase(shop, `${name}-${index}`, customer),
  )
  await sleep(plan.afterMs)
  await shop.gateway.fail(plan.outage)
  await sleep(plan.lengthMs)
  await shop.gateway.comeBack()
  const backAt = performance.now()
  const done = await Promise.all(buying)
  return {
    orders: done.map(({ orderId }) => orderId),
    asked: done.reduce((sum, { asked }) => sum + asked, 0),
    faults: done.flatMap(({ faults }) => faults),
    paidAfter: done
      .filter(({ isSimple, begunAt, endedAt }) => isSimple && begunAt < backAt && endedAt > backAt)
      .map(({ endedAt }) => endedAt - backAt),
  }
}

/** Orders and pays; whoever is declined retries with a method that is approved. */
const purchase = async (
  shop: Shop,
  userId: string,
  { method, hasKey, twice, afterMs, seed }: Plan['customers'][number],
): Promise<Done> => {
  const random = randomOf(seed)
  await sleep(afterMs)
  const orderId = await orderFor(shop, userId, 'pay')
  const buyBy = async (action: Asked['action'], paymentMethod: string) => {
    const key = hasKey ? `${action}-${userId}` : undefined
    const once = () =>
      buy(shop, { action, orderId, userId, paymentMethod, key }, () => random.whole(20, 300))
    return Promise.all(twice ? [once(), once()] : [once()])
  }
  const begunAt = performance.now()
  const first = await buyBy('pay', method)
  const all =
    method === 'fake_decline' ? [...first, ...(await buyBy('retryPayment', 'fake_approve'))] : first
  return {
    ...{ orderId, begunAt, isSimple: method === 'fake_approve' },
    asked: all.reduce((sum, { asked }) => sum + asked, 0),
    endedAt: Math.max(...all.map(({ at }) => at)),
    faults: all.flatMap(({ fault }) => fault ?? []),
  }
}
