import type { Store } from '@holdfast/domain'
import {
  type OrderCommand,
  orderCommands,
  runOrderHistory,
  type Snapshot,
  snapshotOf,
} from '@holdfast/domain/testing/model-test'
import test from 'ava'
import fc from 'fast-check'
import { openFakeLedger } from '../src/gateway/fake-ledger.ts'
import { worldOn } from './order-world.ts'
import { postgresStores, sqliteStores } from './support.ts'

/** So many histories are compared; `HISTORIES=1000` for a long proof. */
const numRuns = Number(process.env['HISTORIES'] ?? 30)

/** Where a history leads on a store. */
const endOn = async (store: Store, commands: readonly OrderCommand[]): Promise<Snapshot> => {
  const ledger = openFakeLedger(':memory:')
  try {
    const world = await worldOn(store, ledger)
    await runOrderHistory(world, commands)
    return await snapshotOf(world)
  } finally {
    ledger.close()
  }
}

/**
 * A snapshot as text. Orders and payments are numbered by their place: of equal requests at once, any may be the one that
 * began the attempt, under the id that was made for it, and those that look again use up an id. Movements are sorted: those of payments that end together come in any order.
 */
const comparable = ({ orders, products, books }: Snapshot): string => {
  const ids = orders.flatMap(({ payments }) => payments.map(({ id }) => id))
  const booked = [...books].map(([key, booking]) => [ids.indexOf(key), booking] as const)
  const stock = products.map(({ product, movements }) => ({
    product,
    movements: movements.map((movement) => JSON.stringify(movement)).toSorted(),
  }))
  const sorted = booked.toSorted(([a], [b]) => a - b)
  const text = JSON.stringify({ orders, stock, books: sorted }, null, 1)
  const gateways = orders.flatMap(({ payments }) =>
    payments.flatMap((each) => each.gatewayId ?? []),
  )
  const names = [...orders.map(({ id }) => id), ...ids, ...new Set(gateways)]
  return names.reduce((all, id, index) => all.replaceAll(id, `number ${index}`), text)
}

test('the same history ends in the same state on SQLite and on PostgreSQL', async (t) => {
  const openSqlite = sqliteStores(t)
  const openPostgres = await postgresStores(t)
  const property = fc.asyncProperty(orderCommands, async (commands) => {
    const onSqlite = await endOn(await openSqlite(), commands)
    const onPostgres = await endOn(await openPostgres(), commands)
    t.true(onSqlite.orders.length + onSqlite.products.length > 0)
    if (comparable(onSqlite) !== comparable(onPostgres)) {
      throw new Error(`SQLite: ${comparable(onSqlite)}\nPostgreSQL: ${comparable(onPostgres)}`)
    }
  })
  await fc.assert(property, { seed: 20_260_115, numRuns, includeErrorInReport: true })
})
