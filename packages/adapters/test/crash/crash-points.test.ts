import { join } from 'node:path'
import { createUseCases, type UseCases } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { readConfiguration } from '../../src/configuration.ts'
import { crashPoints } from '../../src/crash/crash-at.ts'
import { crashPlan } from '../../src/crash/crash-plan.ts'
import { openAdapters } from '../../src/open-adapters.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'

/** The use cases with crash points that only tell of themselves, and a clock to move. */
const opened = async (t: ExecutionContext, databaseUrl: string, folder: string) => {
  const configuration = readConfiguration({
    DATABASE_URL: databaseUrl,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: join(folder, 'ledger.db'),
    GATEWAY_TIMEOUT: '1ms',
  })._unsafeUnwrap()
  const reached: string[] = []
  const time = { now: 1_000_000 }
  const adapters = await openAdapters(configuration, 'serve', {
    clock: { now: () => time.now },
    crashes: crashPlan((point) => reached.push(point)),
  })
  t.teardown(() => adapters.close())
  const useCases = createUseCases(adapters)
  ;(await useCases.bindGateway())._unsafeUnwrap()
  return { useCases, reached, time }
}

const by = { user: 'ann' }

/** A product and short words for what ann does with it. */
const shop = async (useCases: UseCases) => {
  const price = { amountMinor: 100, currency: 'EUR' }
  const product = { sku: 'MUG', name: 'Mug', description: '', price, quantity: 5 }
  const { id: productId } = (await useCases.createProduct({ by, ...product }))._unsafeUnwrap()
  const lines = (quantity: number) => [{ productId, quantity }]
  return {
    lines,
    order: async (quantity: number) =>
      (await useCases.createOrder({ by, lines: lines(quantity) }))._unsafeUnwrap().id,
    pay: (orderId: string, paymentMethod: string) =>
      useCases.payOrder({ by, orderId, paymentMethod }),
    restock: (quantityDelta: number) => useCases.updateProduct({ by, productId, quantityDelta }),
  }
}

/** Every flow that writes orders, payments or refunds, or asks the gateway. */
const trade = async (useCases: UseCases, time: { now: number }): Promise<void> => {
  const { order, pay, lines, restock } = await shop(useCases)
  const declined = await order(1)
  await pay(declined, 'fake_decline')
  await useCases.retryPayment({ by, orderId: declined, paymentMethod: 'fake_approve' })
  const again = { by, orderId: declined, idempotency: { key: 'k', fingerprint: 'f' } }
  await useCases.payOrder(again)

  const short = await order(5)
  await restock(100)
  await useCases.retryOrder({ by, orderId: short })
  await useCases.modifyOrder({ by, orderId: short, lines: lines(6) })
  await useCases.cancelOrder({ by, orderId: short })

  const fenced = await order(2)
  await pay(fenced, 'fake_timeout')
  await useCases.modifyOrder({ by, orderId: fenced, lines: lines(3) })

  const edited = await order(8)
  await pay(edited, 'fake_timeout')
  const editAndPay = (quantity: number, paymentMethod: string) =>
    useCases.retryPayment({ by, orderId: edited, lines: lines(quantity), paymentMethod })
  await editAndPay(9, 'fake_decline')
  await editAndPay(10, 'fake_approve')

  const late = await order(4)
  await pay(late, 'fake_refund_refused')
  await useCases.acceptNotification({ eventId: 'e', paymentId: 'pay_x', type: 'captured' })
  await useCases.reconcilePayments({ all: true })
  time.now += 180_000
  await useCases.reconcilePayments({ all: true })
  time.now += 3_600_000
  await useCases.reconcilePayments()
  await useCases.settleRefunds()

  await order(7)
  time.now += 2 * 86_400_000
  await useCases.expireOrders() // It lets go the one that was fenced, too.
}

const databases: Readonly<
  Record<string, (t: ExecutionContext, folder: string) => Promise<string>>
> = {
  SQLite: async (_, folder) => `sqlite:${join(folder, 'holdfast.db')}`,
  PostgreSQL: emptyPostgres,
}
for (const [name, make] of Object.entries(databases)) {
  test(`on ${name}, every crash point is reached by some flow, and no other`, async (t) => {
    const folder = temporaryFolder(t)
    const { useCases, reached, time } = await opened(t, await make(t, folder), folder)
    await trade(useCases, time)
    t.deepEqual([...new Set(reached)].toSorted(), crashPoints.toSorted())
  })

  test(`on ${name}, the points of a commit come in their order, around what it writes`, async (t) => {
    const folder = temporaryFolder(t)
    const { useCases, reached } = await opened(t, await make(t, folder), folder)
    const { order, pay } = await shop(useCases)
    const orderId = await order(1)
    reached.length = 0
    await pay(orderId, 'fake_approve')
    t.deepEqual(reached, [
      ...['before-writes', 'before-commit', 'after-commit'].map((at) => `${at}:startPayment`),
      ...['before-charge', 'inside-charge', 'after-charge'],
      ...['before-writes', 'before-commit', 'after-commit'].map((at) => `${at}:paymentSucceeded`),
    ])
  })
}
