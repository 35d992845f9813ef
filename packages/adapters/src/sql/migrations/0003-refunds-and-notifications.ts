import type { Dialect } from '../dialects.ts'

/**
 * Money that is owed back, and what a gateway reported.
 * - `refunds`: at most one a payment, and only of one that has `FAILED`: the reference names its state, which is final.
 * - `gateway_notifications`: each event once. What it says of its payment is not believed, so it refers to nothing.
 * - `orders_unpaid`: what an order expires by.
 */
export const refundsAndNotifications = {
  name: '0003-refunds-and-notifications',
  statements: ({ integer, tableEnd }: Dialect): readonly string[] => [
    'create unique index payments_by_state on payments (id, state)',
    `create table refunds (
      payment_id text primary key,
      payment_state text not null default 'FAILED' check (payment_state = 'FAILED'),
      state text not null check (state in ('OWED', 'CONFIRMED')),
      amount_minor ${integer} not null check (amount_minor between 0 and 9007199254740991),
      currency text not null check (length(currency) = 3),
      attempts ${integer} not null check (attempts >= 0),
      next_attempt_at ${integer} not null,
      leased_until ${integer} not null default 0,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      foreign key (payment_id, payment_state) references payments (id, state)
    )${tableEnd}`,
    `create index refunds_due on refunds (next_attempt_at) where state = 'OWED'`,

    `create table gateway_notifications (
      event_id text primary key,
      payment_id text not null,
      type text not null,
      received_at ${integer} not null
    )${tableEnd}`,
    'create index gateway_notifications_by_age on gateway_notifications (received_at)',

    `create index orders_unpaid on orders (created_at) where state = 'CREATED'`,
  ],
  optional: (): readonly string[] => [],
}
