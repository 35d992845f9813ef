import type { Dialect } from '../dialects.ts'

/**
 * What integrators know an order by, and limits on what is held. An older server beside a new one leaves the columns alone,
 * and gives its orders no reference and no metadata.
 * - `client_reference`: the integrator's own number, unique for a user for ever; found also without the user.
 * - `metadata`: a JSON object of texts.
 * - `orders_unpaid_of_user`: a user's orders that hold stock unpaid, the oldest first.
 * - `max_per_order`: how much of a product one order may have; null for no limit.
 */
export const referencesAndLimits = {
  name: '0010-references-and-limits',
  statements: ({ integer }: Dialect): readonly string[] => [
    'alter table orders add column client_reference text check (length(client_reference) between 1 and 64)',
    `create unique index orders_of_reference on orders (client_reference, user_id)
      where client_reference is not null`,
    `alter table orders add column metadata text not null default '{}'`,
    `create index orders_unpaid_of_user on orders (user_id, created_at, id)
      where state in ('CREATED', 'PAYMENT_IN_PROGRESS')`,
    `alter table products add column max_per_order ${integer} check (max_per_order >= 1)`,
  ],
  optional: (): readonly string[] => [],
}
