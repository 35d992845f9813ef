import { setTimeout as sleep } from 'node:timers/promises'
import type { Asked, Heard, Shop } from './shop.ts'

/** How a customer's repeats ended: the time at which the end was heard, and the last that was heard. */
export type Bought = Readonly<{ heard: Heard; at: number; asked: number; fault?: string }>

/** The time by which a customer gives up: the deadline of a payment. */
const PATIENCE_MS = 180_000

/** What a customer who is declined hears; without a key perhaps of an attempt that somebody else has concluded. */
const DECLINES: readonly Heard[] = ['declined', 'illegal_transition']

/**
 * Asks again and again until the order is paid, with pauses. Every end but that is a fault, unless the method is one that is
 * declined.
 */
export const buy = async (shop: Shop, asked: Asked, pauseMs: () => number): Promise<Bought> => {
  const endsAt = performance.now() + PATIENCE_MS
  const isDeclined = asked.paymentMethod === 'fake_decline'
  for (let times = 1; ; times += 1) {
    const heard = await shop.pay(asked)
    const bought = { heard, at: performance.now(), asked: times }
    if (heard === 'paid' ? !isDeclined : isDeclined && DECLINES.includes(heard)) return bought
    const isOpen = heard === 'pending' || heard === 'later'
    if (!isOpen || performance.now() > endsAt) {
      const fault = `A customer heard ${heard} at the ${times}. time: ${JSON.stringify(asked)}`
      return { ...bought, fault }
    }
    await sleep(pauseMs())
  }
}

/** An order of a customer's own, whose first attempt was declined if it is to be paid by a retry. */
export const orderFor = async (
  shop: Shop,
  userId: string,
  action: Asked['action'],
): Promise<string> => {
  const orderId = await shop.order(userId)
  if (action === 'retryPayment') {
    const { fault } = await buy(shop, declinedFirst(orderId, userId), () => 100)
    if (fault) throw new Error(fault)
  }
  return orderId
}

const declinedFirst = (orderId: string, userId: string): Asked => ({
  ...{ action: 'pay', orderId, userId, paymentMethod: 'fake_decline' },
})
