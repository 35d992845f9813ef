import type { DuplicateOrder } from './rules/duplicate-order.ts'
import type { IdempotencyKeyReused } from './rules/idempotency.ts'
import type { InvalidRequest } from './rules/invalid-request.ts'
import type { AmountTooLarge } from './rules/money.ts'
import type { OrderNotFound, UnknownProduct } from './rules/order.ts'
import type { IllegalTransition } from './rules/order-lifecycle.ts'
import type { QuantityLimitExceeded, TooManyUnpaidOrders } from './rules/order-limits.ts'
import type { PaymentNotFound } from './rules/payment.ts'
import type {
  GatewayUnavailable,
  OrderAlreadyPaid,
  PaymentAttemptsExceeded,
  TotalChanged,
} from './rules/payment-claim.ts'
import type { PaymentOutcomeUnknown } from './rules/payment-policy.ts'
import type { ProductNotFound, QuantityBelowReserved, SkuTaken } from './rules/product.ts'
import type { InsufficientStock } from './rules/reservation.ts'
import type { VersionMismatch } from './rules/version.ts'

/** Every refusal that a use case can answer with. `code` is the same word over HTTP, in the CLI and in the docs. */
export type DomainError =
  | AmountTooLarge
  | DuplicateOrder
  | GatewayUnavailable
  | IdempotencyKeyReused
  | IllegalTransition
  | InsufficientStock
  | InvalidRequest
  | OrderAlreadyPaid
  | OrderNotFound
  | PaymentAttemptsExceeded
  | PaymentNotFound
  | PaymentOutcomeUnknown
  | ProductNotFound
  | QuantityBelowReserved
  | QuantityLimitExceeded
  | SkuTaken
  | TooManyUnpaidOrders
  | TotalChanged
  | UnknownProduct
  | VersionMismatch
