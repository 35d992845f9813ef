import type { Clock, NewId } from '../ports/clock.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { Store } from '../ports/store.ts'
import type { Caller } from '../rules/caller.ts'
import type { BelievedGateway, HeardGateway } from './believe-gateway.ts'

/**
 * Makes a request safe to repeat: the same key and fingerprint get the first answer again. `onReplay` is called when
 * that happens.
 */
export type IdempotencyClaim = Readonly<{
  key: string
  fingerprint: string
  onReplay?: () => void
}>

/** What every request that writes carries. */
export type WriteRequest = Readonly<{
  by: Caller
  idempotency?: IdempotencyClaim | undefined
}>

/** A write that may name the versions of the order that its user may have seen; of another one it changes nothing. */
export type ConditionalRequest = WriteRequest &
  Readonly<{ expectedVersions?: readonly number[] | undefined }>

/** Numbers that whoever runs the service may choose. */
export type Settings = Readonly<{
  paymentDeadlineMs: number
  /** How long a `CREATED` order holds its stock unpaid, and how long a failed one stands in the way of another; 0 for ever. */
  orderTtlMs: number
  /** How long an order that was paid stands in the way of another one of its basket; 0 for not at all. */
  duplicateWindowMs: number
  /** How many orders of one user may hold stock unpaid at once; 0 for any number. */
  unpaidOrders: number
  idempotencyTtlMs: number
  defaultPaymentMethod: string
}>

/** All that the use cases need from outside. `onGateway` hears of everybody who answers as the gateway. */
export type Ports = Readonly<{
  store: Store
  gateway: PaymentGateway
  clock: Clock
  newId: NewId
  settings: Settings
  onGateway?: ((heard: HeardGateway) => void) | undefined
}>

/** The same inside, where nobody meets a gateway that the database does not believe. */
export type TrustedPorts = Omit<Ports, 'gateway' | 'onGateway'> &
  Readonly<{ gateway: BelievedGateway }>
