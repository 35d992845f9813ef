import type { BasketRef } from '../rules/duplicate-order.ts'
import type { Lease } from '../rules/lease.ts'
import type { Order } from '../rules/order.ts'
import type { GivenUpPage } from '../rules/order-expiry.ts'
import type { UnpaidRef } from '../rules/order-limits.ts'
import type { Payment, PaymentOutcome } from '../rules/payment.ts'
import type { Product } from '../rules/product.ts'
import type { Refund } from '../rules/refund.ts'
import type { StockMovement } from '../rules/reservation.ts'
import type { GatewayNotification } from './gateway-notification.ts'
import type { OrderPage, Page, PaymentPage, RefundPage } from './pages.ts'
import type { Summary } from './summary.ts'

/** Names an order by its own id or by one of its payments'. With a `userId`, another user's order is not found. */
export type OrderRef = Readonly<
  ({ orderId: string } | { paymentId: string }) & { userId?: string | undefined }
>

/** Names a product by its id or its code. */
export type ProductRef = Readonly<{ id: string } | { sku: string }>

/**
 * What became of a request that carried an idempotency key. `fingerprint` tells the request from another one. `outcome`
 * is the first answer as JSON; null while the payment that the request began is `PENDING`.
 */
export type IdempotencyRecord = Readonly<{
  userId: string
  key: string
  fingerprint: string
  paymentId: string | null
  outcome: string | null
  createdAt: number
}>

/** The next check of a payment; null for none. `state` and `checkedAt` are its state and `nextCheckAt` when it was leased. */
export type NextCheck = Pick<Payment, 'id' | 'state' | 'nextCheckAt' | 'overdue'> &
  Readonly<{ checkedAt: number | null }>

/** What a transaction asks to see before it decides. All of it is read in one go. */
export type Wanted = Readonly<{
  /** The record of this key. */
  key?: Pick<IdempotencyRecord, 'userId' | 'key'> | undefined
  /** An order, and the products of its lines. */
  order?: OrderRef | undefined
  /**
   * An open order of this basket, other than `order`, or else the last that was paid later than `paidAfter`; what is not given
   * is as in `order`. If none is found, and the changes make one that is open, one paid meanwhile is a change in between.
   */
  basket?: BasketRef | undefined
  /** The order of this user that has this `clientReference`. */
  reference?: Pick<Order, 'userId'> & Readonly<{ clientReference: string }>
  /**
   * Orders of this user that hold stock unpaid, other than `order`; without a `userId`, of the user of `order`. Transactions that
   * want those of one user come one after the other, so that none of them holds more behind another's back.
   */
  unpaid?: UnpaidRef
  /** More products, by id. */
  productIds?: readonly string[] | undefined
  /** A product that is to be changed: nobody else changes it meanwhile. */
  changedProductId?: string | undefined
  /** The product that has this code. */
  sku?: string | undefined
  /** The gateway that the database is bound to. */
  boundGateway?: true
}>

/** What was found of it. Products are those of the order's lines and those named. */
export type Found = Readonly<{
  record: IdempotencyRecord | undefined
  order: Order | undefined
  sameBasket: Order | undefined
  sameReference: Order | undefined
  /** Their ids, the oldest first, and no more than were asked for; none where they are not wanted. */
  unpaid: readonly string[]
  products: ReadonlyMap<string, Product>
  productBySku: Product | undefined
  boundGateway: string | undefined
}>

/** Binds a database to a gateway: one that is bound to none, or to `insteadOf`. `at` is in ms since 1970. */
export type GatewayBinding = Readonly<{
  gatewayId: string
  insteadOf?: string | undefined
  at: number
}>

/** What a transaction writes: all of it or nothing. */
export type Changes = Readonly<{
  /** A new order, or a later version of the one that was found. */
  order?: Order
  /** Applied one by one, each a conditional update that keeps 0 <= reserved <= quantity. */
  movements?: readonly StockMovement[]
  /** A new product (its stock comes by a movement), or new details of one that was found. */
  product?: Product
  /** A key to remember. One that is remembered already stays as it is. */
  record?: IdempotencyRecord
  /** The outcome of every key that waits for this payment. */
  concluded?: Readonly<{ paymentId: string; outcome: string }>
}>

/** What a transaction decided. Without changes nothing is written. */
export type Decision<T> = Readonly<{ value: T; changes?: Changes }>

/**
 * Keeps orders, payments, products and idempotency keys. What a transaction answered is on disk, whatever crashes next.
 *
 * Every method rejects with `StoreUnavailable` when the database is out of reach or too busy.
 */
export interface Store {
  /**
   * Reads what is wanted, lets `decide` look at it, and writes what it decided, as one atomic step: if anything that
   * the changes rest on was changed by somebody else in between, all of it is done again from the start. So `decide`
   * is pure and synchronous, may run several times, and touches nothing but its argument.
   */
  transaction<T>(wanted: Wanted, decide: (found: Found) => Decision<T>): Promise<T>
  /** An order with its lines, payments and history. */
  findOrder(ref: OrderRef): Promise<Order | undefined>
  /** A page of orders, newest first. */
  listOrders(page: OrderPage): Promise<readonly Order[]>
  /** A page of payments, newest first. */
  listPayments(page: PaymentPage): Promise<readonly Payment[]>
  /** Which of these payments are no longer `PENDING`: one cheap read, for those who wait for their end. */
  endedAmong(paymentIds: readonly string[]): Promise<readonly string[]>
  /** A product. */
  findProduct(ref: ProductRef): Promise<Product | undefined>
  /** A page of products, newest first. */
  listProducts(page: Page): Promise<readonly Product[]>
  /** A product's stock movements, oldest first. */
  listMovements(productId: string): Promise<readonly StockMovement[]>
  /** The `CREATED` orders from before `createdBefore`, oldest first, after the order `after`. */
  listUnpaid(page: Page & Readonly<{ createdBefore: number }>): Promise<readonly Order[]>
  /** Orders in a state of failure that were not let go, unchanged since before `changedBefore`, oldest change first. */
  listGivenUp(page: GivenUpPage): Promise<readonly Order[]>
  /**
   * Leases payments whose next check is due, the longest waiting first: until the lease ends, or the next check is
   * planned, no other worker gets them.
   */
  leasePayments(lease: Lease): Promise<readonly Payment[]>
  /**
   * Makes payments due at `now`, except those that are leased: every one that is `PENDING`, or those, whatever their state,
   * whose check `isTooFarAhead`.
   */
  hastenChecks(
    which: 'pending' | 'tooFarAhead',
    lease: Pick<Lease, 'now' | 'latest'>,
  ): Promise<void>
  /**
   * Plans the next check of a payment, counts this one and ends its lease, if it is still in the state in which it was
   * leased. A check that a notification has asked for meanwhile stays due.
   */
  postponeCheck(next: NextCheck): Promise<void>
  /** Keeps what the gateway has said of a payment that is `PENDING`; of one that has ended nothing changes. */
  noteOutcome(paymentId: string, outcome: PaymentOutcome): Promise<void>
  /** Keeps until when a payment that is `PENDING` is left to an edit that fences it. */
  noteFence(paymentId: string, until: number): Promise<void>
  /** Stores a notification and makes its payment due, in one step; false where it was stored before. */
  acceptNotification(notification: GatewayNotification): Promise<boolean>
  /** Leases `OWED` refunds for which `isRefundDue`, the longest waiting first. */
  leaseRefunds(lease: Lease): Promise<readonly Refund[]>
  /** Writes what became of an attempt to refund and ends its lease, if the refund is still `OWED`. */
  saveRefund(refund: Refund): Promise<void>
  /** A page of refunds, newest payment first. */
  listRefunds(page: RefundPage): Promise<readonly Refund[]>
  /** Drops the finished keys and the notifications from before `before`, and says how many keys. */
  forgetKeys(before: number): Promise<number>
  /** The id of the gateway whose answers this database believes; undefined while it is bound to none. */
  boundGateway(): Promise<string | undefined>
  /** Binds the database, unless it is bound to another than `insteadOf` by now; says to whom it is bound then. */
  bindGateway(binding: GatewayBinding): Promise<string>
  /** Counts what there is. It reads every order's state, so it is for now and then, not for every request. */
  summary(now: number): Promise<Summary>
  /** Resolves if the database answers. */
  ping(): Promise<void>
  /**
   * Writes a small row of this process's own, which nobody else locks, and resolves once it is as safe as an order would
   * be. It rejects or hangs as a write of an order would.
   */
  proveWritable(now: number): Promise<void>
}

/**
 * The database is out of reach, full or too busy. Nothing changed; only if it fell silent during COMMIT, everything may
 * have. Repeating the request is safe with its idempotency key.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
