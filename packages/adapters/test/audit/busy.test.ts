import type { Order } from '@holdfast/domain'
import test from 'ava'
import { type Random, randomOf, seedFrom } from '../../../../test/stress/random.ts'
import type { Report } from '../../src/audit/audit.ts'
import { type Books, brokenIn, databases, openBooks, SECOND } from './books.ts'

const METHODS = {
  fake_approve: 30,
  fake_decline: 10,
  fake_ack_lost: 10,
  fake_timeout: 10,
  fake_slow: 10,
  fake_late_capture: 10,
  fake_refund_refused: 30,
}

const CUSTOMERS = 8
const STEPS_EACH = 60
const AUDITS = 4

/** Minutes pass with every few hundred steps, so that late captures and their refunds come within a short test. */
const pace = { deadlineMs: 20 * SECOND, delays: { slowMs: 3 * SECOND, lateMs: 30 * SECOND } }

/** A customer who orders, pays, edits, cancels and retries, on the orders of everybody. */
const beCustomer = async (
  { useCases, time, order }: Books,
  random: Random,
  name: string,
  orders: Order[],
  reports: readonly Report[],
): Promise<void> => {
  for (let step = 1; step <= STEPS_EACH || reports.length < AUDITS; step += 1) {
    time.now += random.whole(0, 400)
    if (orders.length === 0 || random.chance(0.3)) {
      orders.push(await order(`${name}-${step}`, 'mug', random.whole(1, 3)))
      continue
    }
    const { id: orderId, userId, lines } = random.pick(orders.slice(-20))
    const request = { by: { user: userId }, orderId }
    const paymentMethod = random.weighted(METHODS)
    const more = lines.map((line) => ({ ...line, quantity: random.whole(1, 4) }))
    const deeds = {
      payOrder: () => useCases.payOrder({ ...request, paymentMethod }),
      retryPayment: () => useCases.retryPayment({ ...request, paymentMethod }),
      modifyOrder: () => useCases.modifyOrder({ ...request, lines: more }),
      cancelOrder: () => useCases.cancelOrder(request),
    }
    await deeds[
      random.weighted({ payOrder: 10, retryPayment: 4, modifyOrder: 2, cancelOrder: 1 })
    ]()
  }
}

/** What servers do beside requests, until it is over. */
const beServer = async ({ useCases }: Books, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    await useCases.reconcilePayments()
    await useCases.settleRefunds()
    await new Promise((turn) => setImmediate(turn))
  }
}

/** Lets a day and more pass, until nothing is left to do. */
const comeToRest = async ({ useCases, time }: Books): Promise<void> => {
  for (let hour = 0; hour < 30; hour += 1) {
    time.now += 3600 * SECOND
    await useCases.reconcilePayments()
    await useCases.settleRefunds()
  }
}

const beBusy = async (books: Books, seed: number): Promise<readonly Report[]> => {
  const orders: Order[] = []
  const reports: Report[] = []
  let over = false
  const isOver = () => over
  const look = async () => {
    while (!isOver()) reports.push(await books.audit({ pageSize: 10 }))
  }
  const others = [beServer(books, isOver), beServer(books, isOver), look()]
  const customers = Array.from({ length: CUSTOMERS }, (_, number) =>
    beCustomer(books, randomOf(seed + number), `user-${number}`, orders, reports),
  )
  await Promise.all(customers).finally(() => {
    over = true
  })
  await Promise.all(others)
  return reports
}

for (const database of databases) {
  test(`${database}: audits beside customers, late captures and refunds never cry wolf`, async (t) => {
    const seed = seedFrom(process.env['STRESS_SEED'])
    const books = await openBooks(t, database, pace)
    const [product] = (await books.useCases.listProducts({ limit: 9 }))
      ._unsafeUnwrap()
      .items.filter(({ sku }) => sku === 'mug')
    await books.useCases.updateProduct({
      by: { operator: 'cli' },
      productId: product?.id ?? '',
      quantity: 1000,
    })
    const reports = await beBusy(books, seed)
    const seen = reports.map(({ underWay }) => Object.values(underWay).join(' ')).join('; ')
    t.log(`seed ${seed}, under way in each audit: ${seen}`)
    for (const report of reports) {
      t.deepEqual(
        report.findings.filter(({ broken }) => broken > 0),
        [],
      )
    }
    t.true(reports.length >= AUDITS && reports.some(({ underWay }) => underWay.pending > 0))
    await comeToRest(books)
    const { audited, ...rest } = await books.audit({ quiet: true })
    t.deepEqual(brokenIn({ audited, ...rest }), [])
    t.true(audited.refunds > 0)
  })
}
