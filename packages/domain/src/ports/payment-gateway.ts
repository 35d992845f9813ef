import type { ResultAsync } from 'neverthrow'
import type { Money } from '../rules/money.ts'
import type { GatewayOutcome, StillPending } from '../rules/payment.ts'

/** A charge to make. The idempotency key is the payment's own id, the same on every resend. */
export type ChargeRequest = Readonly<{
  idempotencyKey: string
  amount: Money
  paymentMethod: string
}>

/** Money to give back. `idempotencyKey` names the captured charge and makes the refund safe to repeat. */
export type RefundRequest = Readonly<{ idempotencyKey: string; amount: Money }>

/** The money was given back. */
export type Refunded = Readonly<{ state: 'refunded' }>

/** An answer, and the id of the gateway that gave it. */
export type Told<T> = Readonly<{ gatewayId: string; answer: T }>

/**
 * We asked and heard nothing usable back. The money may or may not have moved. `gatewayId` is who refused to say, if
 * anybody did.
 */
export type OutcomeUnknown = Readonly<{
  code: 'outcome_unknown'
  detail: string
  gatewayId?: string | undefined
}>

/**
 * Moves the customer's money. The only port whose answer can get lost, so its contract is about repeating oneself safely:
 * - One idempotency key, one charge. Repeating a request returns its first outcome.
 * - A decline is an outcome. Err means only that we do not know.
 * - After `void`, a key can no longer charge; a charge that came first is what `void` returns.
 * - Called while a store decides a transaction, every method that asks the gateway throws: see `refuseInsideTransaction`.
 * - It has an id that is its own for ever, 1 to 255 visible ASCII characters: of an account at a provider, of a ledger. Every
 *   answer tells it, and every question names the gateway that it is meant for: another one does nothing and says who it is.
 */
export interface PaymentGateway {
  /**
   * Whether a charge would be sent now. False while the adapter refuses to send (its circuit is open, or it has too much
   * under way); asked before an intent is written, so that a refusal leaves nothing behind.
   */
  isAvailable(): boolean
  /** Asks who it is. */
  identify(): ResultAsync<string, OutcomeUnknown>
  /** Takes the money in one step. On a key that was voided it takes nothing and says so. */
  charge(
    request: ChargeRequest,
    gatewayId: string,
  ): ResultAsync<Told<GatewayOutcome | StillPending>, OutcomeUnknown>
  /** What became of a key; `undefined` if the gateway never saw it. */
  lookup(
    idempotencyKey: string,
    gatewayId: string,
  ): ResultAsync<Told<GatewayOutcome | StillPending | undefined>, OutcomeUnknown>
  /** Burns a key, seen or not, unless its charge has ended already: then that end is the answer. */
  void(idempotencyKey: string, gatewayId: string): ResultAsync<Told<GatewayOutcome>, OutcomeUnknown>
  /** Gives back a captured charge, once however often it is asked. */
  refund(request: RefundRequest, gatewayId: string): ResultAsync<Told<Refunded>, OutcomeUnknown>
}
