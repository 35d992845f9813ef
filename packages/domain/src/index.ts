export type { DomainError } from './errors.ts'
export type { Clock, NewId } from './ports/clock.ts'
export type { GatewayNotification } from './ports/gateway-notification.ts'
export type { OrderPage, Page, PaymentPage, RefundPage } from './ports/pages.ts'
export type {
  ChargeRequest,
  OutcomeUnknown,
  PaymentGateway,
  Refunded,
  RefundRequest,
  Told,
} from './ports/payment-gateway.ts'
export {
  type Changes,
  type Decision,
  type Found,
  type GatewayBinding,
  type IdempotencyRecord,
  type NextCheck,
  type OrderRef,
  type ProductRef,
  type Store,
  StoreUnavailable,
  type Wanted,
} from './ports/store.ts'
export type { Summary } from './ports/summary.ts'
export { refuseInsideTransaction, whileDeciding } from './ports/transaction-guard.ts'
export {
  actorOf,
  type Buyer,
  type Caller,
  type Operator,
  type User,
  userOf,
} from './rules/caller.ts'
export { CLIENT_REFERENCE_PATTERN } from './rules/client-reference.ts'
export {
  type BasketRef,
  basketFingerprint,
  DEFAULT_DUPLICATE_WINDOW_MS,
  type DuplicateOrder,
  isLetGo,
  isOpen,
  OPEN_STATES,
} from './rules/duplicate-order.ts'
export {
  type ForeignGateway,
  foreignGateway,
  type UnboundDatabase,
  type UnprovenGateway,
} from './rules/gateway-binding.ts'
export { DEFAULT_IDEMPOTENCY_TTL_MS, type IdempotencyKeyReused } from './rules/idempotency.ts'
export type { FieldError, InvalidRequest } from './rules/invalid-request.ts'
export type { Lease } from './rules/lease.ts'
export {
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUE_LENGTH,
  type Metadata,
} from './rules/metadata.ts'
export {
  type AmountTooLarge,
  currencyDecimals,
  formatMoney,
  isCurrencyCode,
  MAX_AMOUNT_MINOR,
  type Money,
} from './rules/money.ts'
export type {
  HistoryEntry,
  Order,
  OrderFailure,
  OrderLine,
  OrderNotFound,
  RequestedLine,
  ShortLine,
  UnknownProduct,
} from './rules/order.ts'
export { MAX_LINE_QUANTITY, MAX_LINES, MAX_REASON_LENGTH } from './rules/order.ts'
export { DEFAULT_ORDER_TTL_MS } from './rules/order-expiry.ts'
export {
  type HistoryAction,
  type IllegalTransition,
  lifecycle,
  type OrderAction,
  type OrderState,
  type UserAction,
  userActions,
} from './rules/order-lifecycle.ts'
export {
  DEFAULT_UNPAID_ORDERS,
  type QuantityLimitExceeded,
  type TooManyUnpaidOrders,
  type UnpaidRef,
} from './rules/order-limits.ts'
export {
  type Captured,
  type Declined,
  type GatewayOutcome,
  type Payment,
  type PaymentFailure,
  type PaymentNotFound,
  type PaymentOutcome,
  type PaymentState,
  pendingPayment,
  type StillPending,
  type Voided,
} from './rules/payment.ts'
export type {
  GatewayUnavailable,
  OrderAlreadyPaid,
  PaymentAttemptsExceeded,
  TotalChanged,
} from './rules/payment-claim.ts'
export {
  DEFAULT_PAYMENT_DEADLINE_MS,
  LONGEST_CHECK_GAP_MS,
  LONGEST_EARLY_GAP_MS,
  type PaymentOutcomeUnknown,
} from './rules/payment-policy.ts'
export {
  available,
  MAX_DESCRIPTION_LENGTH,
  MAX_NAME_LENGTH,
  MAX_QUANTITY_ON_HAND,
  type Product,
  type ProductDetails,
  type ProductNotFound,
  type QuantityBelowReserved,
  SKU_PATTERN,
  type SkuTaken,
} from './rules/product.ts'
export type { Refund, RefundState } from './rules/refund.ts'
export {
  HOLDS_STOCK,
  type InsufficientStock,
  type StockMovement,
  type StockMovementKind,
} from './rules/reservation.ts'
export type { VersionMismatch } from './rules/version.ts'
export type { HeardGateway } from './use-cases/believe-gateway.ts'
export type { BindGateway, BindGatewayError, BoundGateway } from './use-cases/bind-gateway.ts'
export type { CancelOrder, CancelOrderError } from './use-cases/cancel-order.ts'
export type { CheckGatewayError } from './use-cases/check-gateway.ts'
export type {
  Claim,
  ClaimPaymentError,
  PaymentRequest,
  RetryPayment,
} from './use-cases/claim-payment.ts'
export type { CreateOrder, CreateOrderError } from './use-cases/create-order.ts'
export type { CreateProduct, CreateProductError } from './use-cases/create-product.ts'
export type { GetClaim } from './use-cases/get-claim.ts'
export { createUseCases, type UseCases } from './use-cases/index.ts'
export type { Listed } from './use-cases/list-page.ts'
export type { ModifyOrder, ModifyOrderError } from './use-cases/modify-order.ts'
export type { Reconciled, ReconcilePayments } from './use-cases/reconcile-payments.ts'
export type {
  ConditionalRequest,
  IdempotencyClaim,
  Ports,
  Settings,
  WriteRequest,
} from './use-cases/request.ts'
export type { RetryOrder, RetryOrderError } from './use-cases/retry-order.ts'
export type { Settled } from './use-cases/settle-refunds.ts'
export type { UpdateProduct, UpdateProductError } from './use-cases/update-product.ts'
