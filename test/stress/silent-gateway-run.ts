import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { openReader } from './books.ts'
import { send } from './client.ts'
import { openTroubledGateway } from './outages/gateway.ts'
import { auditPlace, openPlace, type Place, sell } from './place.ts'

/** How a run is to be. Without a PostgreSQL URL it is on SQLite. */
export type SilentGatewayOptions = Readonly<{
  postgresUrl?: string | undefined
  readers: number
  payers: number
  seconds: number
}>

/** Times of `GET /order/{id}` in ms, usually and while the gateway hangs, and what was seen of the database meanwhile. */
export type SilentGatewayReport = Readonly<{
  usual: readonly number[]
  hanging: readonly number[]
  payments: ReadonlyMap<string, number>
  /** How many connections were in a transaction while every payer waited; none on SQLite, which has no server to ask. */
  held: readonly number[]
  faults: readonly string[]
  findings: readonly Finding[]
}>

/** Customers read their orders while others pay, first through a gateway that works, then through one that hangs. */
export const runSilentGateway = async (
  options: SilentGatewayOptions,
): Promise<SilentGatewayReport> => {
  const gateway = await openTroubledGateway()
  const settings = {
    ...{ GATEWAY_URL: gateway.url, GATEWAY_TIMEOUT: '5s', RATE_LIMIT: '0', UNPAID_ORDERS: '0' },
    FAKE_LEDGER: gateway.ledgerFile,
  }
  const place = await openPlace(options.postgresUrl, 1, settings)
  const faults: string[] = []
  const payments = new Map<string, number>()
  const load = { isOver: false, phase: 'usually' }
  try {
    const [product = ''] = await sell(place, 1, 1_000_000)
    const orderId = await order(place, 'reader', product)
    const read = () => readFor(place, orderId, options, faults)
    const paying = Array.from({ length: options.payers }, (_, payer) =>
      payAgainAndAgain(place, `payer-${payer}`, product, load, payments),
    )
    await read() // The process gets warm.
    const usual = await read()
    await gateway.fail({ kind: 'silent', share: 0 })
    load.phase = 'while it hangs'
    await sleep(3000) // Every payer waits for the gateway by now.
    const [hanging, held] = await Promise.all([read(), watchConnections(options)])
    load.isOver = true
    await Promise.all(paying)
    const findings = await auditPlace(place, false)
    return { usual, hanging, payments, held, faults, findings }
  } finally {
    for (const server of place.servers) await server.kill()
    await gateway.close()
    await place.remove()
  }
}

const order = async ({ servers: [server] }: Place, userId: string, productId: string) => {
  const body = { lines: [{ productId, quantity: 1 }], allowDuplicate: true }
  const answer = await send(server?.url ?? '', { method: 'POST', path: '/order', userId, body })
  if ('none' in answer || answer.status !== 201) throw new Error(JSON.stringify(answer))
  return String(JSON.parse(answer.text).id)
}

const readFor = async (
  { servers: [server] }: Place,
  orderId: string,
  { readers, seconds }: SilentGatewayOptions,
  faults: string[],
): Promise<readonly number[]> => {
  const times: number[] = []
  const endsAt = performance.now() + seconds * 1000
  const one = async () => {
    while (performance.now() < endsAt) {
      const sent = { method: 'GET', path: `/order/${orderId}`, userId: 'reader' } as const
      const answer = await send(server?.url ?? '', sent)
      if ('none' in answer || answer.status !== 200) faults.push(JSON.stringify(answer))
      else times.push(answer.tookMs)
    }
  }
  await Promise.all(Array.from({ length: readers }, one))
  return times
}

/** Customers think for so long between two payments, whatever the answer: the load stays the same. */
const THINK_MS = 2000

/** Orders and pays. */
const payAgainAndAgain = async (
  place: Place,
  userId: string,
  product: string,
  load: Readonly<{ isOver: boolean; phase: string }>,
  payments: Map<string, number>,
): Promise<void> => {
  while (!load.isOver) {
    const body = { orderId: await order(place, userId, product) }
    const sent = { method: 'POST', path: '/payment', userId, body } as const
    const answer = await send(place.servers[0]?.url ?? '', sent)
    const name = `${load.phase}: ${'none' in answer ? answer.none : answer.status}`
    payments.set(name, (payments.get(name) ?? 0) + 1)
    await sleep(THINK_MS)
  }
}

const watchConnections = async ({
  postgresUrl,
  seconds,
}: SilentGatewayOptions): Promise<readonly number[]> => {
  if (!postgresUrl) return []
  const reader = await openReader(postgresUrl)
  const held: number[] = []
  const endsAt = performance.now() + seconds * 1000
  while (performance.now() < endsAt) {
    const [row] = await reader.rows(
      `select count(*) as count from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'
          and now() - state_change > interval '1 second'`,
    )
    held.push(Number(row?.['count']))
    await sleep(100)
  }
  await reader.close()
  return held
}
