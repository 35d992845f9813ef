import type { Order } from '../rules/order.ts'
import {
  EXPIRED,
  FAILED_STATES,
  type GivenUpPage,
  isExpired,
  isGivenUp,
} from '../rules/order-expiry.ts'
import { move, recordEdit } from '../rules/order-lifecycle.ts'
import { release } from '../rules/reservation.ts'
import type { Ports } from './request.ts'

type Needs = Pick<Ports, 'store' | 'clock' | 'settings'>

const AT_A_TIME = 50

/**
 * Cancels the orders that were `CREATED` longer ago than their lifetime and releases their stock, and lets go those that
 * failed as long ago; gives what it cancelled or let go. An order whose payment is in progress is neither.
 */
export const expireOrders = (ports: Needs) => async (): Promise<readonly Order[]> => {
  if (ports.settings.orderTtlMs === 0) return []
  const over = [...(await cancelUnpaid(ports))]
  for (const state of FAILED_STATES) over.push(...(await letGo(ports, state)))
  return over
}

const cancelUnpaid = async (ports: Needs): Promise<readonly Order[]> => {
  const { store, clock, settings } = ports
  const now = clock.now()
  const createdBefore = now - settings.orderTtlMs + 1
  const expired: Order[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.listUnpaid({ createdBefore, after, limit: AT_A_TIME })
    for (const order of page.filter((each) => isExpired(each, settings.orderTtlMs, now))) {
      const cancelled = await expire(ports, order.id)
      if (cancelled) expired.push(cancelled)
    }
    after = page.at(-1)?.id
    if (page.length < AT_A_TIME) return expired
  }
}

/** What was let go is not listed any more. A page of which nothing could be let go is left to whoever is at work on it. */
const letGo = async (ports: Needs, state: GivenUpPage['state']): Promise<readonly Order[]> => {
  const changedBefore = ports.clock.now() - ports.settings.orderTtlMs + 1
  const gone: Order[] = []
  for (;;) {
    const page = await ports.store.listGivenUp({ state, changedBefore, limit: AT_A_TIME })
    const before = gone.length
    for (const { id } of page) {
      const order = await letGoOne(ports, id)
      if (order) gone.push(order)
    }
    if (page.length < AT_A_TIME || gone.length === before) return gone
  }
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

/** Looks again inside the transaction: the customer may have tried again meanwhile. */
const letGoOne = (
  { store, clock, settings }: Needs,
  orderId: string,
): Promise<Order | undefined> => {
  const at = clock.now()
  return store.transaction<Order | undefined>({ order: { orderId } }, ({ order }) => {
    if (!order || !isGivenUp(order, settings.orderTtlMs, at)) return { value: undefined }
    const gone = recordEdit(order, 'letGo', { actor: 'system', at, reason: EXPIRED })
    return { value: gone, changes: { order: gone } }
  })
}
