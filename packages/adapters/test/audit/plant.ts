import type { LedgerEntry } from '../../src/gateway/ledger-rows.ts'

/**
 * Something that the service never writes, in the database or in the ledger of what `trade` left, and every invariant that
 * it breaks. Changes to the ledger name a user: it is the entry of their last payment that is changed.
 */
export type Plant = Readonly<{
  breaks: readonly string[]
  sql?: readonly string[]
  entryOf?: string
  becomes?: Partial<LedgerEntry> | null
}>

/** The orders of a user. */
export const ordersOf = (user: string) => `(select id from orders where user_id = '${user}')`

/** The payments of a user. */
export const paymentsOf = (user: string) =>
  `(select id from payments where order_id in ${ordersOf(user)})`

/** Makes a table anew, without its keys. */
export const withoutKeys = (table: string): readonly string[] => [
  `create table other as select * from ${table}`,
  `drop table ${table}`,
  `alter table other rename to ${table}`,
]
