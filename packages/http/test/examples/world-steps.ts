import type { UseCases } from '@holdfast/domain'
import { LIMIT_MS } from '../../src/operation/write-watch.ts'
import type { Replaced } from '../../src/serve.ts'
import type { Answer } from '../support.ts'
import { firstOrder, firstPayment, mug, teapot } from './ids.ts'

/** Sends a request on somebody’s behalf while a world is made, a minute after the one before. */
export type Step = (
  method: string,
  path: string,
  body?: object,
  sent?: Readonly<{ admin?: boolean; key?: string }>,
) => Promise<Answer>

/** What a world is made with, besides requests: time that passes, and what the service does beside requests. */
export type Tools = Readonly<{ forward: (ms: number) => void; useCases: UseCases }>

/** How a state of things comes about. `atOnce`: the example’s request comes in the same moment. */
export type World = Readonly<{
  replacements?: () => Replaced
  environment?: Readonly<Record<string, string>>
  make?: (step: Step, tools: Tools) => Promise<unknown>
  atOnce?: true
}>

export const waitLong = async (_: Step, { forward }: Tools) => forward(LIMIT_MS)
export const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const sell = (step: Step, body: object) => step('POST', '/product', body, { admin: true })
export const stock = (step: Step, id: string, change: object) =>
  step('PUT', `/product/${id}`, change, { admin: true })
export const order = (step: Step, productId: string, quantity: number) =>
  step('POST', '/order', { lines: [{ productId, quantity }] })
export const pay = (step: Step, paymentMethod?: string) =>
  step('POST', '/payment', { orderId: firstOrder, paymentMethod })

/** The first payment’s refund, as it is just now. */
export const refundOf = async (step: Step) =>
  (await step('GET', `/payment/${firstPayment}`)).body.refund

export const shop = async (step: Step) => {
  await sell(step, { sku: 'MUG-01', name: 'Enamel mug', price: euro(1299), quantity: 10 })
  await sell(step, { sku: 'TEAPOT-01', name: 'Teapot', price: euro(3450), quantity: 2 })
  const priceless = euro(Number.MAX_SAFE_INTEGER)
  await sell(step, { sku: 'DIAMOND-01', name: 'Diamond', price: priceless, quantity: 2 })
}

/** A payment by a method that has no answer, with a key, until its deadline has passed. */
export const timedOut = async (step: Step, { forward, useCases }: Tools, path: string) => {
  const body = { orderId: firstOrder, paymentMethod: 'fake_timeout' }
  await step('POST', path, body, { key: '7f3a' })
  forward(180_000)
  await useCases.reconcilePayments({ all: true })
}

/** The service may be at it at this moment as well: either lets go what failed. */
export const aDayLater = async ({ forward, useCases }: Tools) => {
  forward(86_400_000)
  await useCases.expireOrders()
}

export const mugsOrdered = async (step: Step) => {
  await shop(step)
  await order(step, mug, 2)
}

export const teapotsShort = async (step: Step) => {
  await shop(step)
  await order(step, teapot, 3)
}

export const declined = async (step: Step) => {
  await mugsOrdered(step)
  await pay(step, 'fake_decline')
}
