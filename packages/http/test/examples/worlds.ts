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
import { firstOrder, mug, teapot } from './ids.ts'
import { limitWorlds } from './limit-worlds.ts'
import {
  aDayLater,
  declined,
  euro,
  mugsOrdered,
  order,
  pay,
  refundOf,
  shop,
  stock,
  teapotsShort,
  timedOut,
  type World,
  waitLong,
} from './world-steps.ts'

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
  'Ann’s order of three teapots was ORDER_FAILED for a day; she has placed it once more.': {
    make: async (step, tools) => {
      await teapotsShort(step)
      await aDayLater(tools)
      await order(step, teapot, 3)
    },
  },
  'Ann’s payment for two mugs was declined a day ago; she has bought them once more.': {
    make: async (step, tools) => {
      await declined(step)
      await aDayLater(tools)
      const { id: orderId } = (await order(step, mug, 2)).body
      await step('POST', '/payment', { orderId })
    },
  },
  ...limitWorlds,
  'Ann’s payments for two mugs were declined five times.': {
    make: async (step) => {
      await declined(step)
      for (const _ of [2, 3, 4, 5]) {
        const again = { orderId: firstOrder, paymentMethod: 'fake_decline' }
        await step('POST', '/retrypayment', again)
      }
    },
  },
  'Ann has sent a payment for two mugs with the key 7f3a, which had no answer until its deadline.':
    {
      make: async (step, tools) => {
        await mugsOrdered(step)
        await timedOut(step, tools, '/payment')
      },
    },
  'Ann has retried a payment with the key 7f3a, which had no answer until its deadline.': {
    make: async (step, tools) => {
      await declined(step)
      await timedOut(step, tools, '/retrypayment')
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
