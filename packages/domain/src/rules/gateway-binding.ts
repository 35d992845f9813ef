import { err, ok, type Result } from 'neverthrow'
import type { Payment } from './payment.ts'

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
  /** The payment that the gateway does not know. */
  paymentId: string
  /** The payment has ended, so that the gateway which ended it must know it: it is not this one. */
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
 * The payment by which a gateway has to prove itself to a database that is bound to none: the newest that has ended, since
 * its end came from the gateway; without one, the newest.
 */
export const paymentToProve = (payments: readonly Payment[]): Payment | undefined => {
  const newestFirst = payments.toSorted((a, b) => (a.id < b.id ? 1 : -1))
  return newestFirst.find(({ state }) => state !== 'PENDING') ?? newestFirst[0]
}

/** A database that is bound to none is bound to a gateway that knows its payment, or if it has none. */
export const refuseUnproven = (
  gatewayId: string,
  payment: Payment | undefined,
  isKnown: boolean,
): Result<void, UnprovenGateway> => {
  if (!payment || isKnown) return ok(undefined)
  const { id: paymentId, state } = payment
  return err({
    code: 'unproven_gateway',
    detail: `This database is bound to no gateway yet, and ${gatewayId}, which answers, does not know its payment ${paymentId} (${state}).`,
    ...{ gatewayId, paymentId, isDisproof: state !== 'PENDING' },
  })
}
