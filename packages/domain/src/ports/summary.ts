import type { OrderState } from '../rules/order-lifecycle.ts'

/** How much there is of what, for those who watch over the service; all of it as of one moment. */
export type Summary = Readonly<{
  ordersByState: Readonly<Record<OrderState, number>>
  pendingPayments: number
  overduePayments: number
  refundsOwed: number
  /** Since when the payment that waits longest for its check has been waiting, in ms since 1970; null if none is due. */
  oldestDueAt: number | null
}>
