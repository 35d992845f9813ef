import type { Money } from '@holdfast/domain'
import type { Charge, EventType } from './fake-ledger.ts'

/**
 * What the gateway testifies about one key: how often it took the amount and gave it back, which a gateway in order does
 * at most once, and when it will take it (`capturesAt`), unless it is voided by then. `at` is when the key came to its
 * state. Times are ms since 1970.
 */
export type LedgerEntry = Readonly<{
  idempotencyKey: string
  state: Charge['state']
  /** `null` for a key that was voided before it was charged. */
  amount: Money | null
  captures: number
  refunds: number
  capturesAt: number | null
  at: number
}>

/** A row of `charges`. */
export type ChargeRow = Readonly<{
  idempotency_key: string
  state: Charge['state']
  amount_minor: number | null
  currency: string | null
  payment_method: string
  captures_at: number | null
  refunded: number
  refused_refunds: number
  at: number
}>

/** A row of `charges` with how often money moved. */
export type EntryRow = ChargeRow & Readonly<{ captures: number; refunds: number }>

const countEvents = (type: EventType): string =>
  `(select count(*) from events e where e.idempotency_key = c.idempotency_key and type = '${type}')`

const pageOf = (captures: string, refunds: string): string =>
  `select c.*, ${captures} as captures, ${refunds} as refunds
  from charges c where idempotency_key > ? order by idempotency_key limit ?`

/** The testimony, by key: those after one, so many at most. */
export const selectLedgerEntries = pageOf(countEvents('captured'), countEvents('refunded'))

/** The same of a ledger from before there were events: each end once, and each refund. */
export const selectOldLedgerEntries = pageOf(`state = 'captured'`, 'refunded')

/** A charge as its row says. */
export const toCharge = (row: ChargeRow): Charge => ({
  idempotencyKey: row.idempotency_key,
  state: row.state,
  amount: amountOf(row),
  paymentMethod: row.payment_method,
  capturesAt: row.captures_at,
  refunded: row.refunded === 1,
  refusedRefunds: row.refused_refunds,
  at: row.at,
})

/** The testimony as its row says. */
export const toEntry = (row: EntryRow): LedgerEntry => ({
  idempotencyKey: row.idempotency_key,
  state: row.state,
  amount: amountOf(row),
  captures: row.captures,
  refunds: row.refunds,
  capturesAt: row.captures_at,
  at: row.at,
})

const amountOf = ({ amount_minor, currency }: ChargeRow): Money | null =>
  amount_minor === null || currency === null ? null : { amountMinor: amount_minor, currency }
