import type { OrderState } from '../rules/order-lifecycle.ts'
import type { PaymentState } from '../rules/payment.ts'
import type { RefundState } from '../rules/refund.ts'

/** One page of a list, newest first, of what comes after the id `after`. */
export type Page = Readonly<{ limit: number; after?: string | undefined }>

/** A page of orders, newest first: all of them, or a user's, or those in one state or with one reference. */
export type OrderPage = Page &
  Readonly<{
    userId?: string | undefined
    state?: OrderState | undefined
    clientReference?: string | undefined
  }>

/** A page of payments, newest first: all of them, or those in one state, or those that are overdue or are not. */
export type PaymentPage = Page &
  Readonly<{ state?: PaymentState | undefined; overdue?: boolean | undefined }>

/** A page of refunds, those of the newest payments first: all of them, or those in one state. */
export type RefundPage = Page & Readonly<{ state?: RefundState | undefined }>
