import type { Store } from '@holdfast/domain'
import { openFakeLedger } from '../../../src/gateway/fake-ledger.ts'
import type { Dialect } from '../../../src/sql/dialects.ts'
import type { SqlDriver } from '../../../src/sql/driver.ts'
import { createSqlStore } from '../../../src/sql/sql-store.ts'
import type { Statement } from '../../../src/sql/statement.ts'
import { worldOn } from '../../order-world.ts'
import { busy, TODAY } from './busy-shop.ts'

/** What a busy customer and the service's own work send to the database: each text once, with the values of its last use. */
export const hotStatements = async (
  driver: SqlDriver,
  dialect: Dialect,
): Promise<readonly Statement[]> => {
  const { recording, statements } = record(driver)
  const store = createSqlStore(recording, dialect)
  await liveThrough(store)
  return [...statements.values()]
}

const record = (driver: SqlDriver) => {
  const statements = new Map<string, Statement>()
  const note = (some: readonly Statement[]) => {
    for (const statement of some) statements.set(statement.sql, statement)
  }
  const recording: SqlDriver = {
    ...driver,
    transaction: (reads, decide) => {
      note(reads)
      return driver.transaction(reads, (results) => {
        const plan = decide(results)
        note(plan.writes)
        return plan
      })
    },
    read: (reads) => {
      note(reads)
      return driver.read(reads)
    },
    write: (write) => {
      note([write])
      return driver.write(write)
    },
  }
  return { recording, statements }
}

const price = { amountMinor: 100, currency: 'EUR' }
const by = { user: busy.userId }

/** Orders in every way there is, and everything that can become of them. */
const liveThrough = async (store: Store): Promise<void> => {
  const ledger = openFakeLedger(':memory:')
  const { useCases, time } = await worldOn(store, ledger, false, 0)
  // As many as are read before one is refused; the busy customer holds hundreds.
  const limited = await worldOn(store, ledger, false, 50)
  time.now = TODAY
  let keys = 0
  const key = () => ({ idempotency: { key: `new_${++keys}`, fingerprint: 'f' } })
  const stock = async (sku: string, quantity: number) => {
    const details = { sku, name: 'Mug', description: '', price, quantity }
    return (await useCases.createProduct({ by: { operator: 'admin' }, ...details }))._unsafeUnwrap()
      .id
  }
  const [mug, cup] = [await stock('MUG', 1000), await stock('CUP', 1)]
  const basket = (quantity: number, productId = mug) => [{ productId, quantity }]
  const create = async (quantity: number, productId = mug) => {
    const lines = basket(quantity, productId)
    return (await useCases.createOrder({ by, lines, ...key() }))._unsafeUnwrap().id
  }
  const pay = async (orderId: string, paymentMethod: string) =>
    (await useCases.payOrder({ by, orderId, paymentMethod, ...key() }))._unsafeUnwrap().payment.id

  await useCases.createOrder({ by, lines: basket(1, busy.productId) })
  await useCases.createOrder({ by, lines: basket(7), clientReference: 'C-1' })
  await limited.useCases.createOrder({ by, lines: basket(8) })
  const edited = await create(1)
  await useCases.modifyOrder({ by, orderId: edited, lines: basket(2), ...key() })
  await useCases.cancelOrder({ by, orderId: edited, ...key() })
  const declined = await create(3)
  await pay(declined, 'fake_decline')
  await limited.useCases.retryPayment({ by, orderId: declined })
  await useCases.retryPayment({ by, orderId: declined, ...key() })
  const short = await create(2, cup)
  await useCases.updateProduct({ by: { operator: 'admin' }, productId: cup, quantityDelta: 5 })
  await useCases.retryOrder({ by, orderId: short, ...key() })
  const silent = await create(4)
  const payment = await pay(silent, 'fake_refund_refused')
  const unsure = await create(5)
  await pay(unsure, 'fake_timeout')
  await useCases.modifyOrder({ by, orderId: unsure, lines: basket(6) })
  await useCases.acceptNotification({ eventId: 'evt_new', paymentId: payment, type: 'captured' })
  for (const later of [3000, 180_000, 600_000]) {
    time.now += later
    await useCases.reconcilePayments()
    await useCases.settleRefunds()
  }
  await useCases.getOrder({ by, orderId: silent })
  await useCases.getPayment({ by, paymentId: payment })
  await store.endedAmong([payment])
  await useCases.listOrders({ by, limit: 20 })
  await useCases.listOrders({ by, limit: 20, after: 'ord_1020000' })
  await useCases.listOrders({ by, limit: 20, clientReference: 'C-1' })
  const anyone = { operator: 'admin' }
  await useCases.listOrders({ by: anyone, limit: 20, clientReference: 'C-1' })
  await useCases.getProduct({ id: mug })
  await store.listUnpaid({ createdBefore: 1, limit: 50 })
  await store.listGivenUp({ state: 'PAYMENT_FAILED', changedBefore: 1, limit: 50 })
  await useCases.forgetKeys()
  await store.ping()
  await store.proveWritable(time.now)
  ledger.close()
}
