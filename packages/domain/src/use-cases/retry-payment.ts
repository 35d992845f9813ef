import type { ResultAsync } from 'neverthrow'
import type { Claim, ClaimPaymentError, PaymentRequest } from './claim-payment.ts'
import { claimAndCharge } from './pay-order.ts'
import type { TrustedPorts } from './request.ts'

/**
 * Charges again for an order that is `PAYMENT_FAILED`: a new attempt with a new id, which reserves the stock anew before
 * the gateway is asked. Otherwise as `payOrder`.
 */
export const retryPayment =
  (ports: TrustedPorts) =>
  (request: PaymentRequest): ResultAsync<Claim, ClaimPaymentError> =>
    claimAndCharge(ports, request, 'retryPayment')
