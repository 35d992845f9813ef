import { join } from 'node:path'
import { openAdapters, readConfiguration } from '@holdfast/adapters'
import { createUseCases, type Order, type PaymentGateway, type UseCases } from '@holdfast/domain'
import type { ResultAsync } from 'neverthrow'

/** A shop in a folder, some minutes ago, from where the test moves its time on. */
export type Shop = Readonly<{
  useCases: UseCases
  /** Lets so many seconds pass. */
  wait: (seconds: number) => void
  /** Orders so many mugs for a user, and pays in some way; the payment's id. */
  pay: (userId: string, quantity: number, paymentMethod: string) => Promise<string>
  close: () => Promise<void>
}>

/**
 * Opens the shop in the database that commands in this folder use by default; it sells mugs at 12.99 EUR. What is in
 * `gateway` takes the place of the fake's answers.
 */
export const openShop = async (
  folder: string,
  minutesAgo: number,
  gateway: Partial<PaymentGateway> = {},
  environment: Record<string, string> = {},
): Promise<Shop> => {
  const configuration = readConfiguration({
    DATABASE_URL: `sqlite:${join(folder, 'data/holdfast.db')}`,
    GATEWAY_TIMEOUT: '100ms',
    ...environment,
  })._unsafeUnwrap()
  const time = { now: Date.now() - minutesAgo * 60_000 }
  const adapters = await openAdapters(configuration, 'serve', { clock: { now: () => time.now } })
  const useCases = createUseCases({ ...adapters, gateway: { ...adapters.gateway, ...gateway } })
  ;(await useCases.bindGateway())._unsafeUnwrap()
  const mug = { sku: 'MUG', name: 'Mug', description: '', quantity: 50 }
  const price = { amountMinor: 1299, currency: 'EUR' }
  const product = await granted(useCases.createProduct({ by: { operator: 'cli' }, ...mug, price }))
  const order = (userId: string, quantity: number): Promise<Order> => {
    const lines = [{ productId: product.id, quantity }]
    return granted(useCases.createOrder({ by: { user: userId }, lines }))
  }
  return {
    useCases,
    wait: (seconds) => {
      time.now += seconds * 1000
    },
    pay: async (userId, quantity, paymentMethod) => {
      const { id: orderId } = await order(userId, quantity)
      const request = { by: { user: userId }, orderId, paymentMethod }
      return (await granted(useCases.payOrder(request))).payment.id
    },
    close: adapters.close,
  }
}

const granted = async <T, E>(answer: ResultAsync<T, E>): Promise<T> =>
  (await answer)._unsafeUnwrap()

/** A payment that was fenced, was captured all the same, and whose refund was refused three times: all in 275 s. */
export const payLate = async ({ pay, wait, useCases }: Shop, userId: string): Promise<string> => {
  const paymentId = await pay(userId, 1, 'fake_refund_refused')
  for (const seconds of [180, 90, 2, 3]) {
    wait(seconds)
    await useCases.reconcilePayments()
    await useCases.settleRefunds()
  }
  return paymentId
}
