import { StoreUnavailable } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { saveOrder } from '../../src/sql/orders.ts'
import { Conflict } from '../../src/sql/statement.ts'
import { worldOn } from '../order-world.ts'
import { temporaryPostgres, temporarySqlite } from '../support.ts'

const ann = { user: 'ann' }

/**
 * Writes what was decided on an order as it was before it was cancelled. A transaction that locks what it reads never
 * comes to this; databases that lack such locks have the version alone. Says how the order is afterwards.
 */
const writeStale = async (
  t: ExecutionContext,
  open: typeof temporarySqlite | typeof temporaryPostgres,
): Promise<{ attempt: Promise<unknown>; unchanged: () => Promise<void> }> => {
  const { store, driver } = await open(t)
  const ledger = openFakeLedger(':memory:')
  t.teardown(ledger.close)
  const { useCases } = await worldOn(store, ledger)
  const price = { amountMinor: 100, currency: 'EUR' }
  const details = { sku: 'mug', name: 'Mug', description: '', price, quantity: 5 }
  const product = (await useCases.createProduct({ by: ann, ...details }))._unsafeUnwrap()
  const lines = [{ productId: product.id, quantity: 1 }]
  const before = (await useCases.createOrder({ by: ann, lines }))._unsafeUnwrap()
  const cancelled = (await useCases.cancelOrder({ by: ann, orderId: before.id }))._unsafeUnwrap()
  const attempt = driver.transaction([], () => ({
    value: undefined,
    writes: saveOrder(before, { ...before, updatedAt: before.updatedAt + 1 }),
  }))
  return {
    attempt,
    unchanged: async () => {
      const { expiresAt: _, ...stored } = cancelled // Use cases add it.
      t.deepEqual(await store.findOrder({ orderId: before.id }), stored)
    },
  }
}

test('SQLite: a change that was decided on an older version of an order hits nothing', async (t) => {
  const { attempt, unchanged } = await writeStale(t, temporarySqlite)
  await t.throwsAsync(attempt, { instanceOf: Conflict })
  await unchanged()
})

test('PostgreSQL: a change that was decided on an older version of an order hits nothing', async (t) => {
  const { attempt, unchanged } = await writeStale(t, temporaryPostgres)
  await t.throwsAsync(attempt, { instanceOf: StoreUnavailable }) // It was tried again, in vain.
  await unchanged()
})
