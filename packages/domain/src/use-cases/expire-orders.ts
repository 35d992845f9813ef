import type { Order } from '../rules/order.ts'
import { EXPIRED, isExpired } from '../rules/order-expiry.ts'
import { move } from '../rules/order-lifecycle.ts'
import { release } from '../rules/reservation.ts'
import type { Ports } from './request.ts'

type Needs = Pick<Ports, 'store' | 'clock' | 'settings'>

const AT_A_TIME = 50

/**
 * Cancels the orders that were `CREATED` longer ago than their lifetime and releases their stock; gives those that it
 * cancelled. An order whose payment is in progress is not `CREATED` and never expires.
 */
export const expireOrders =
  ({ store, clock, settings }: Needs) =>
  async (): Promise<readonly Order[]> => {
    const now = clock.now()
    const createdBefore = now - settings.orderTtlMs + 1
    const expired: Order[] = []
    let after: string | undefined
    while (settings.orderTtlMs > 0) {
      const page = await store.listUnpaid({ createdBefore, after, limit: AT_A_TIME })
      for (const order of page.filter((each) => isExpired(each, settings.orderTtlMs, now))) {
        const cancelled = await expire({ store, clock, settings }, order.id)
        if (cancelled) expired.push(cancelled)
      }
      after = page.at(-1)?.id
      if (page.length < AT_A_TIME) break
    }
    return expired
  }

/** Looks again inside the transaction: the customer may have begun to pay meanwhile. */
const expire = ({ store, clock, settings }: Needs, orderId: string): Promise<Order | undefined> => {
  const at = clock.now()
  return store.transaction<Order | undefined>({ order: { orderId } }, ({ order }) => {
    if (!order || !isExpired(order, settings.orderTtlMs, at)) return { value: undefined }
    const circumstances = { actor: 'system', at, reason: EXPIRED }
    const cancelled = move(order, 'cancel', circumstances)
    return {
      value: cancelled,
      changes: { order: cancelled, movements: release(order, circumstances) },
    }
  })
}
