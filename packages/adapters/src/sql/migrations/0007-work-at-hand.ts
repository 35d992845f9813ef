import type { Dialect } from '../dialects.ts'

/**
 * What makes the work at hand cost as much as there is of it, however much is over:
 * - `orders_open_of_basket`: an order of the same basket is looked for among the open ones alone.
 * - `orders_unpaid`: in the order in which they expire, so that those are found among all unpaid ones.
 * - `heartbeats`: a row for each process, which it writes to see whether it can write. Nobody else locks it.
 */
export const workAtHand = {
  name: '0007-work-at-hand',
  statements: ({ integer, tableEnd }: Dialect): readonly string[] => [
    `create index orders_open_of_basket on orders (user_id, basket, id)
      where state in ('CREATED', 'ORDER_FAILED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED')`,
    'drop index orders_of_basket',
    'drop index orders_unpaid',
    `create index orders_unpaid on orders (state, created_at, id) where state = 'CREATED'`,

    `create table heartbeats (process text primary key, at ${integer} not null)${tableEnd}`,
  ],
  optional: (): readonly string[] => [],
}
