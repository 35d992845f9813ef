import type { UseCases } from '@holdfast/domain'
import { LIMIT_MS } from '../../src/operation/write-watch.ts'
import type { Replaced } from '../../src/serve.ts'
import type { Answer } from '../support.ts'
import {
  buggyStore,
  closedGateway,
  deadStore,
  decliningGateway,
  exhausted,
  keysDown,
  mutedGateway,
  stuck,
} from './faults.ts'
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

const waitLong: World['make'] = async (_, { forward }) => forward(LIMIT_MS)
const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const sell = (step: Step, body: object) => step('POST', '/product', body, { admin: true })
const stock = (step: Step, id: string, change: object) =>
  step('PUT', `/product/${id}`, change, { admin: true })
const order = (step: Step, productId: string, quantity: number) =>
  step('POST', '/order', { lines: [{ productId, quantity }] })
const pay = (step: Step, paymentMethod?: string) =>
  step('POST', '/payment', { orderId: firstOrder, paymentMethod })

/** The first payment’s refund, as it is just now. */
const refundOf = async (step: Step) => (await step('GET', `/payment/${firstPayment}`)).body.refund

const shop = async (step: Step) => {
  await sell(step, { sku: 'MUG-01', name: 'Enamel mug', price: euro(1299), quantity: 10 })
  await sell(step, { sku: 'TEAPOT-01', name: 'Teapot', price: euro(3450), quantity: 2 })
  const priceless = euro(Number.MAX_SAFE_INTEGER)
  await sell(step, { sku: 'DIAMOND-01', name: 'Diamond', price: priceless, quantity: 2 })
}

const mugsOrdered = async (step: Step) => {
  await shop(step)
  await order(step, mug, 2)
}

const teapotsShort = async (step: Step) => {
  await shop(step)
  await order(step, teapot, 3)
}

const declined = async (step: Step) => {
  await mugsOrdered(step)
  await pay(step, 'fake_decline')
}

/** What the gateway signs with. */
export const secret = 'a-secret-of-thirty-two-bytes-or-more'

/** Every state of things that an example is given in. */
export const worlds = {
  'Nothing is there yet.': {},
  'Ten mugs, two teapots and two diamonds are on sale.': { make: shop },
  'Ann has ordered two mugs.': { make: mugsOrdered },
  'Ann has ordered two mugs and, in another order, a teapot.': {
    make: async (step) => {
      await mugsOrdered(step)
      await order(step, teapot, 1)
    },
  },
  'Ann has ordered a mug with the idempotency key 7f3a.': {
    make: async (step) => {
      await shop(step)
      await step('POST', '/order', { lines: [{ productId: mug, quantity: 1 }] }, { key: '7f3a' })
    },
  },
  'Ann has ordered two mugs and changed her mind to three.': {
    make: async (step) => {
      await mugsOrdered(step)
      await step('PUT', `/order/${firstOrder}`, { lines: [{ productId: mug, quantity: 3 }] })
    },
  },
  'Ann has cancelled her order of two mugs.': {
    make: async (step) => {
      await mugsOrdered(step)
      await step('POST', `/order/cancelorder/${firstOrder}`)
    },
  },
  'Ann’s order of three teapots is ORDER_FAILED, since there are two.': { make: teapotsShort },
  'Ann’s order of three teapots is ORDER_FAILED; three more have come in since.': {
    make: async (step) => {
      await teapotsShort(step)
      await stock(step, teapot, { quantityDelta: 3 })
    },
  },
  'Ann’s order of three teapots is ORDER_FAILED; they have become priceless since.': {
    make: async (step) => {
      await teapotsShort(step)
      await stock(step, teapot, { price: euro(Number.MAX_SAFE_INTEGER) })
    },
  },
  'Ann’s order of a mug and three teapots is ORDER_FAILED; teapots are sold in dollars since.': {
    make: async (step) => {
      await shop(step)
      const lines = [
        { productId: mug, quantity: 1 },
        { productId: teapot, quantity: 3 },
      ]
      await step('POST', '/order', { lines })
      await stock(step, teapot, { price: { amountMinor: 3990, currency: 'USD' } })
    },
  },
  'Ann has paid her order of two mugs.': {
    make: async (step) => {
      await mugsOrdered(step)
      await pay(step)
    },
  },
  'Ann’s payment for two mugs was declined.': { make: declined },
  'Ann’s payment for two mugs was declined; somebody else has all the mugs.': {
    make: async (step) => {
      await declined(step)
      await order(step, mug, 10)
    },
  },
  'Ann’s payments for two mugs were declined five times.': {
    make: async (step) => {
      await declined(step)
      for (const _ of [2, 3, 4, 5]) {
        const again = { orderId: firstOrder, paymentMethod: 'fake_decline' }
        await step('POST', '/retrypayment', again)
      }
    },
  },
  'Ann’s payment for two mugs is PENDING.': {
    atOnce: true,
    make: async (step) => {
      await mugsOrdered(step)
      await pay(step, 'fake_slow')
    },
  },
  'Ann’s payment for two mugs is PENDING, though the gateway has taken the money.': {
    atOnce: true,
    make: async (step) => {
      await mugsOrdered(step)
      await pay(step, 'fake_ack_lost')
    },
  },
  'Ann’s payment for two mugs is PENDING, and the gateway is out of reach.': {
    atOnce: true,
    replacements: () => ({ gateway: mutedGateway() }),
    make: async (step) => {
      await mugsOrdered(step)
      await pay(step)
    },
  },
  'Ann has ordered two mugs, and the gateway is out of reach.': {
    replacements: () => ({ gateway: closedGateway() }),
    make: mugsOrdered,
  },
  'Ann’s payment for two mugs was declined, and the gateway has gone out of reach.': {
    replacements: () => ({ gateway: decliningGateway() }),
    make: declined,
  },
  'The gateway took the money for a payment after it had FAILED, and it is owed back.': {
    make: async (step, { forward, useCases }) => {
      await mugsOrdered(step)
      await pay(step, 'fake_refund_refused')
      for (const ms of [200_000, 100_000]) {
        forward(ms) // Past the deadline, and past the late capture.
        await useCases.reconcilePayments({ all: true })
      }
      // The service may be asking for the refund at this moment as well; it is asked for once.
      while ((await refundOf(step))?.attempts !== 1) await useCases.settleRefunds()
    },
  },
  'The gateway and the service share a secret.': { environment: { GATEWAY_SECRET: secret } },
  'The database is out of reach.': { replacements: () => ({ store: deadStore() }) },
  'The server of the keys that tokens are signed with is down.': { environment: keysDown },
  'The database answers reads, and takes no writes.': { replacements: stuck, make: waitLong },
  'Too many requests came.': { replacements: () => ({ rateLimits: exhausted }) },
  'There is too much to do.': { replacements: () => ({ loadLimits: { working: 0, paying: 0 } }) },
  'The service has a bug.': { replacements: () => ({ store: buggyStore() }) },
} as const satisfies Readonly<Record<string, World>>

/** A state of things, in a sentence. */
export type Given = keyof typeof worlds
