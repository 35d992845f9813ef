import { err, ok, type Result, type ResultAsync, safeTry } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import {
  type ForeignGateway,
  foreignGateway,
  isProof,
  paymentToProve,
  refuseUnproven,
  type UnprovenGateway,
} from '../rules/gateway-binding.ts'
import type { Ports, TrustedPorts } from './request.ts'

/** `onPurpose`: although payments of this database are at another gateway, or may be. */
export type BindGateway = Readonly<{ onPurpose?: boolean }>

/** Whom the database believes now. `before` is whom it believed until now; `undefined` for nobody. */
export type BoundGateway = Readonly<{ gatewayId: string; before: string | undefined }>

/** Why it stays as it was. `OutcomeUnknown`: the gateway does not answer; try again later. */
export type BindGatewayError = ForeignGateway | UnprovenGateway | OutcomeUnknown

/**
 * Binds the database to the gateway that answers, once: it has no payments yet, or the gateway knows the one that proves it.
 * Repeating it is harmless. A gateway that denies a payment which has succeeded is not bound to a database that is bound to
 * none, not even on purpose: it is not the one that the database was used with.
 */
export const bindGateway =
  (ports: Ports, believed: TrustedPorts['gateway']) =>
  ({ onPurpose: wanted }: BindGateway = {}): ResultAsync<BoundGateway, BindGatewayError> =>
    safeTry(async function* () {
      const onPurpose = wanted === true // Nothing else is a purpose, whatever its type says.
      const { gatewayId, boundTo: before } = yield* await believed.whoAnswers()
      if (before === gatewayId) return ok({ gatewayId, before })
      if (before !== undefined && !onPurpose) return err(foreignGateway(before, gatewayId))
      if (before === undefined) yield* prove(ports, gatewayId, onPurpose)
      const { store, clock } = ports
      const at = clock.now()
      const now = await store.bindGateway({ gatewayId, insteadOf: before, at })
      if (now !== gatewayId) return err(foreignGateway(now, gatewayId)) // Another process was first.
      yield* await believed.whoAnswers()
      return ok({ gatewayId, before })
    })

/** Asks the gateway for the payment by which it proves itself. */
const prove = (
  { store, gateway }: Ports,
  gatewayId: string,
  onPurpose: boolean,
): ResultAsync<void, UnprovenGateway | OutcomeUnknown> =>
  safeTry(async function* () {
    const newest = await Promise.all(
      (['PENDING', 'SUCCEEDED', 'FAILED'] as const).map((state) =>
        store.listPayments({ limit: 1, state }),
      ),
    )
    const payment = paymentToProve(newest.flat())
    if (!payment) return ok(undefined)
    const { gatewayId: who, answer } = yield* gateway.lookup(payment.id, gatewayId)
    const isProven = who === gatewayId && isProof(payment, answer)
    const proven: Result<void, UnprovenGateway> = refuseUnproven(gatewayId, payment, isProven)
    return proven.orElse((refusal) =>
      onPurpose && !refusal.isDisproof ? ok(undefined) : err(refusal),
    )
  })
