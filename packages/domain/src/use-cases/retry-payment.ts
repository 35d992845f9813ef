import { claimAndCharge } from './pay-order.ts'
import type { TrustedPorts } from './request.ts'

/**
 * Charges again for an order that is `PAYMENT_FAILED`: a new attempt with a new id, which reserves the stock anew before
 * the gateway is asked. With `lines` it edits, reserves and pays for those in one step, and an attempt that is
 * under way is fenced for them first. Otherwise as `payOrder`.
 */
export const retryPayment = (ports: TrustedPorts) => claimAndCharge(ports, 'retryPayment')
