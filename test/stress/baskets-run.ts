import pg from 'pg'
import type { Finding } from '../../packages/adapters/src/index.ts'
import { execute } from '../databases.ts'
import { openReader } from './books.ts'
import { send } from './client.ts'
import { auditPlace, openPlace, sell, stopAll } from './place.ts'
import { randomOf } from './random.ts'

/** How a run is to be. */
export type BasketOptions = Readonly<{
  postgresUrl: string
  seed: number
  orders: number
  clients: number
}>

/** What came of it. `deadlocks` is what PostgreSQL itself counted in this database. */
export type BasketReport = Readonly<{
  statuses: ReadonlyMap<number, number>
  times: readonly number[]
  deadlocks: number
  faults: readonly string[]
  findings: readonly Finding[]
}>

const PRODUCTS = 6

const LINES = 3

/** Orders of three of six products, in random order, from many clients at once, through the real service. */
export const runBaskets = async (options: BasketOptions): Promise<BasketReport> => {
  const { postgresUrl, seed, orders, clients } = options
  const place = await openPlace(postgresUrl, 2)
  try {
    const products = await sell(place, PRODUCTS, orders * LINES)
    const statuses = new Map<number, number>()
    const times: number[] = []
    const buy = async (client: number) => {
      const random = randomOf(seed + client)
      for (let order = client; order < orders; order += clients) {
        const chosen = random.shuffle(products).slice(0, LINES)
        const lines = chosen.map((productId) => ({ productId, quantity: 1 }))
        const sent = { userId: `user-${order}`, key: `key-${order}`, body: { lines } }
        const ask = () =>
          send(random.pick(place.servers).url, { method: 'POST', path: '/order', ...sent })
        const first = await ask()
        // A server may close an idle connection just as it is used again; the key makes a repeat safe.
        const answer = 'none' in first ? await ask() : first
        const [status, ms] = 'none' in answer ? [0, 0] : [answer.status, answer.tookMs]
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        times.push(ms)
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => buy(client)))
    const badEnds = await stopAll(place)
    return {
      statuses,
      times,
      deadlocks: await deadlocksIn(postgresUrl),
      faults: [...badEnds, ...place.servers.flatMap(({ complaints }) => complaints)],
      findings: await auditPlace(place),
    }
  } finally {
    for (const server of place.servers) await server.kill()
    await place.remove()
  }
}

/** The server counts when a connection has ended, a moment later. */
const deadlocksIn = async (url: string): Promise<number> => {
  await new Promise((counted) => setTimeout(counted, 1500))
  const reader = await openReader(url)
  const [row] = await reader.rows(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  await reader.close()
  return Number(row?.['deadlocks'])
}

/**
 * The same baskets without the service: each a transaction that takes the products in the order of its lines, or
 * sorted. It shows that the deadlocks are there to be had.
 */
export const runControl = async (
  { postgresUrl, seed, orders, clients }: BasketOptions,
  sorted: boolean,
): Promise<{ deadlocks: number; done: number; counted: number }> => {
  const table = sorted ? 'control_sorted' : 'control_unsorted'
  const before = await deadlocksIn(postgresUrl)
  await execute(postgresUrl, `create table ${table} (id integer primary key, reserved integer)`)
  await execute(postgresUrl, `insert into ${table} select n, 0 from generate_series(1, 6) as n`)
  const result = { deadlocks: 0, done: 0 }
  const buy = async (first: number) => {
    const random = randomOf(seed + first)
    const client = new pg.Client(postgresUrl)
    await client.connect()
    await client.query(`set deadlock_timeout = '20ms'`) // A second by default, for each of hundreds.
    for (let order = first; order < orders; order += clients) {
      const chosen = random.shuffle([1, 2, 3, 4, 5, 6]).slice(0, LINES)
      if (sorted) chosen.sort()
      try {
        await client.query('begin')
        for (const id of chosen) {
          await client.query(`update ${table} set reserved = reserved + 1 where id = $1`, [id])
        }
        await client.query('commit')
        result.done += 1
      } catch (error) {
        await client.query('rollback')
        if ((error as { code?: string }).code !== '40P01') throw error
        result.deadlocks += 1
      }
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => buy(client)))
  return { ...result, counted: (await deadlocksIn(postgresUrl)) - before }
}
