import { mug, teapot } from './ids.ts'
import {
  declined,
  mugsOrdered,
  order,
  shop,
  stock,
  teapotsShort,
  type World,
} from './world-steps.ts'

/** Where a user may leave one order unpaid. */
const oneUnpaid = { UNPAID_ORDERS: '1' }

/** States of things in which an order has a number of its customer's, or limits are met. */
export const limitWorlds = {
  'Ann has ordered two mugs as her number C-1001, with a note.': {
    make: async (step) => {
      await shop(step)
      const lines = [{ productId: mug, quantity: 2 }]
      const metadata = { note: 'A gift.' }
      await step('POST', '/order', { lines, clientReference: 'C-1001', metadata })
    },
  },
  'Ann has ordered two mugs, and an order may have no more of them.': {
    make: async (step) => {
      await mugsOrdered(step)
      await stock(step, mug, { maxPerOrder: 2 })
    },
  },
  'Ann’s order of three teapots is ORDER_FAILED; three more came in, two an order at most.': {
    make: async (step) => {
      await teapotsShort(step)
      await stock(step, teapot, { quantityDelta: 3, maxPerOrder: 2 })
    },
  },
  'Ann’s payment for two mugs was declined; an order may have no more of them by now.': {
    make: async (step) => {
      await declined(step)
      await stock(step, mug, { maxPerOrder: 2 })
    },
  },
  'Ann has ordered two mugs, and may leave one order unpaid.': {
    environment: oneUnpaid,
    make: mugsOrdered,
  },
  'Ann’s order of three teapots is ORDER_FAILED; she has ordered a mug, and may leave one order unpaid.':
    {
      environment: oneUnpaid,
      make: async (step) => {
        await teapotsShort(step)
        await stock(step, teapot, { quantityDelta: 3 })
        await order(step, mug, 1)
      },
    },
  'Ann’s payment for two mugs was declined; she has ordered a teapot, and may leave one order unpaid.':
    {
      environment: oneUnpaid,
      make: async (step) => {
        await declined(step)
        await order(step, teapot, 1)
      },
    },
} as const satisfies Readonly<Record<string, World>>
