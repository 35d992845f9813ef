import { err, ok, type Result } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import {
  type ForeignGateway,
  foreignGateway,
  type UnboundDatabase,
  unboundDatabase,
} from '../rules/gateway-binding.ts'
import type { TrustedPorts } from './request.ts'

/** Why nothing that the gateway answers would be believed, or that it does not answer. */
export type CheckGatewayError = ForeignGateway | UnboundDatabase | OutcomeUnknown

/**
 * Whether the gateway that answers is the one that the database is bound to, for those who are about to ask it: they hear
 * beforehand what is wrong, instead of learning nothing about each payment. It binds nothing, and a database without payments
 * need not be bound yet.
 */
export const checkGateway =
  ({ store, gateway }: Pick<TrustedPorts, 'store' | 'gateway'>) =>
  async (): Promise<Result<void, CheckGatewayError>> => {
    if ((await store.boundGateway()) === undefined) {
      const [payment] = await store.listPayments({ limit: 1 })
      return payment ? err(unboundDatabase()) : ok(undefined)
    }
    return (await gateway.whoAnswers()).andThen(({ gatewayId, boundTo = gatewayId }) =>
      boundTo === gatewayId ? ok(undefined) : err(foreignGateway(boundTo, gatewayId)),
    )
  }
