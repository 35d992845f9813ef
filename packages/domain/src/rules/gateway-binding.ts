import { err, ok, type Result } from 'neverthrow'
import type { GatewayOutcome, Payment, PaymentState, StillPending } from './payment.ts'

/** The database believes one gateway, and another one answers. */
export type ForeignGateway = Readonly<{
  code: 'foreign_gateway'
  detail: string
  boundTo: string
  gatewayId: string
}>

/** The database has payments and is bound to no gateway, and nothing shows that it was this one that took the money. */
export type UnprovenGateway = Readonly<{
  code: 'unproven_gateway'
  detail: string
  gatewayId: string
  /** The payment that does not show it. */
  paymentId: string
  /** The payment has succeeded, so that the gateway which took the money must know it: it is not this one. */
  isDisproof: boolean
}>

/** The database has payments, and nobody has said yet which gateway they were made at. */
export type UnboundDatabase = Readonly<{ code: 'unbound_database'; detail: string }>

/** Why a database that has payments and is bound to no gateway is not used with any. */
export const unboundDatabase = (): UnboundDatabase => ({
  code: 'unbound_database',
  detail: 'This database has payments, and is bound to no gateway yet.',
})

/** A database believes only the gateway that it is bound to; one that is bound to none believes nobody. */
export const isBelieved = (boundTo: string | undefined, gatewayId: string | undefined): boolean =>
  boundTo !== undefined && boundTo === gatewayId

/** Why a database that is bound to one gateway is not used with another. */
export const foreignGateway = (boundTo: string, gatewayId: string): ForeignGateway => ({
  code: 'foreign_gateway',
  detail: `This database is bound to the gateway ${boundTo}, but the one that answers is ${gatewayId}, which knows nothing of its payments.`,
  boundTo,
  gatewayId,
})

/**
 * The payment by which a gateway has to prove itself to a database that is bound to none: the newest that took the money,
 * since only the gateway that took it can say so; without one, the newest that has ended, or else the newest.
 */
export const paymentToProve = (payments: readonly Payment[]): Payment | undefined => {
  const newestFirst = payments.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const newest = (state: PaymentState) => newestFirst.find((payment) => payment.state === state)
  return newest('SUCCEEDED') ?? newest('FAILED') ?? newest('PENDING')
}

/**
 * Whether what a gateway says of a payment shows that the payment was made there. That a key is voided shows nothing: any
 * gateway says so of a key that somebody has asked it to void, such as a command that was run without GATEWAY_URL.
 */
export const isProof = (
  { state }: Pick<Payment, 'state'>,
  answer: GatewayOutcome | StillPending | undefined,
): boolean =>
  answer !== undefined &&
  (state === 'SUCCEEDED' ? answer.state === 'captured' : answer.state !== 'voided')

/** A database that is bound to none is bound to a gateway that proves itself by its payment, or if it has none. */
export const refuseUnproven = (
  gatewayId: string,
  payment: Payment | undefined,
  isProven: boolean,
): Result<void, UnprovenGateway> => {
  if (!payment || isProven) return ok(undefined)
  const { id: paymentId, state } = payment
  return err({
    code: 'unproven_gateway',
    detail: `This database is bound to no gateway yet, and nothing shows that its payment ${paymentId} (${state}) was made at ${gatewayId}, which answers.`,
    ...{ gatewayId, paymentId, isDisproof: state === 'SUCCEEDED' },
  })
}
