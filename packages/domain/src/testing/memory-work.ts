import type { Store } from '../ports/store.ts'
import { isFree, type Lease } from '../rules/lease.ts'
import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import { isTooFarAhead } from '../rules/payment-policy.ts'
import { isRefundDue } from '../rules/refund.ts'

type WorkOfStore = Pick<
  Store,
  | 'leasePayments'
  | 'hastenChecks'
  | 'postponeCheck'
  | 'noteOutcome'
  | 'noteFence'
  | 'acceptNotification'
  | 'leaseRefunds'
  | 'saveRefund'
  | 'listPayments'
  | 'endedAmong'
  | 'listRefunds'
>

/** What a memory store keeps of the work on its payments and refunds; `orders` gives the map that is current. */
export const createMemoryWork = (orders: () => Map<string, Order>) => {
  const leases = new Map<string, number>()
  const notifications = new Map<string, number>()
  const payments = () => [...orders().values()].flatMap((order) => order.payments)
  const refunds = () => payments().flatMap(({ refund }) => (refund ? [refund] : []))
  const change = (id: string, next: (payment: Payment) => Partial<Payment>) => {
    for (const order of orders().values()) {
      const changed = order.payments.map((each) =>
        each.id === id ? { ...each, ...next(each) } : each,
      )
      if (order.payments.some((each) => each.id === id)) {
        orders().set(order.id, { ...order, payments: changed })
      }
    }
  }
  const isLeasable = (name: string, lease: Pick<Lease, 'now' | 'latest'>) =>
    isFree(leases.get(name) ?? 0, lease)
  const leaseFree = <T>(
    lease: Lease,
    items: readonly Readonly<{ name: string; at: number; item: T }>[],
  ): readonly T[] => {
    const { until, limit } = lease
    const due = items
      .filter(({ name }) => isLeasable(name, lease))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, limit)
    for (const { name } of due) leases.set(name, until)
    return due.map(({ item }) => item)
  }

  const work: WorkOfStore = {
    leasePayments: async (lease) =>
      leaseFree(
        lease,
        payments()
          .map((item) => ({ name: item.id, at: item.nextCheckAt ?? Infinity, item }))
          .filter(({ at }) => at <= lease.now),
      ),
    hastenChecks: async (which, lease) => {
      const { now } = lease
      for (const payment of payments()) {
        const { id, state, nextCheckAt } = payment
        const isPending = state === 'PENDING' && (nextCheckAt ?? 0) > now
        const isLater = which === 'pending' ? isPending : isTooFarAhead(payment, now)
        if (isLater && isLeasable(id, lease)) change(id, () => ({ nextCheckAt: now }))
      }
    },
    postponeCheck: async ({ id, state, checkedAt, nextCheckAt, overdue }) => {
      change(id, (payment) => {
        if (payment.state !== state) return {}
        leases.delete(id)
        const checks = payment.checks + 1
        return payment.nextCheckAt === checkedAt
          ? { nextCheckAt, overdue, checks }
          : { overdue, checks }
      })
    },
    noteOutcome: async (paymentId, outcome) =>
      change(paymentId, ({ state }) => (state === 'PENDING' ? { outcome } : {})),
    noteFence: async (paymentId, fencedUntil) =>
      change(paymentId, ({ state }) => (state === 'PENDING' ? { fencedUntil } : {})),
    acceptNotification: async ({ eventId, paymentId, receivedAt }) => {
      if (notifications.has(eventId)) return false
      notifications.set(eventId, receivedAt)
      change(paymentId, ({ state, nextCheckAt }) =>
        state === 'SUCCEEDED'
          ? {}
          : { nextCheckAt: Math.min(receivedAt, (nextCheckAt ?? receivedAt + 1) - 1) },
      )
      return true
    },
    leaseRefunds: async (lease) =>
      leaseFree(
        lease,
        refunds()
          .filter((each) => each.state === 'OWED' && isRefundDue(each, lease))
          .map((item) => ({ name: `refund ${item.paymentId}`, at: item.nextAttemptAt, item })),
      ),
    saveRefund: async (refund) => {
      leases.delete(`refund ${refund.paymentId}`)
      change(refund.paymentId, (payment) => (payment.refund?.state === 'OWED' ? { refund } : {}))
    },
    listPayments: async ({ limit, after, state, overdue }) =>
      payments()
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .filter((each) => state === undefined || each.state === state)
        .filter((each) => overdue === undefined || each.overdue === overdue)
        .filter(({ id }) => after === undefined || id < after)
        .slice(0, limit),
    endedAmong: async (ids) =>
      payments()
        .filter(({ id, state }) => state !== 'PENDING' && ids.includes(id))
        .map(({ id }) => id),
    listRefunds: async ({ limit, after, state }) =>
      refunds()
        .toSorted((a, b) => (a.paymentId < b.paymentId ? 1 : -1))
        .filter((each) => state === undefined || each.state === state)
        .filter(({ paymentId }) => after === undefined || paymentId < after)
        .slice(0, limit),
  }
  return {
    ...work,
    /** A payment that an order's new version has changed is free again. */
    endLeases: (before: Order | undefined, after: Order) => {
      for (const payment of after.payments) {
        if (!before?.payments.includes(payment)) leases.delete(payment.id)
      }
    },
    forgetNotifications: (before: number) => {
      for (const [id, at] of notifications) if (at < before) notifications.delete(id)
    },
  }
}
