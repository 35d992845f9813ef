import { claimAndCharge } from './pay-order.ts'
import type { TrustedPorts } from './request.ts'

/**
 * Charges again for an order that is `PAYMENT_FAILED`: a new attempt with a new id, which reserves the stock anew before
 * the gateway is asked. Otherwise as `payOrder`.
 */
export const retryPayment = (ports: TrustedPorts) => claimAndCharge(ports, 'retryPayment')
