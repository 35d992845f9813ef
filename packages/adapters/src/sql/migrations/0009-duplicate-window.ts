import type { Dialect } from '../dialects.ts'

/**
 * An order that was just paid stands in the way of another one of its basket, and one that failed long ago no more.
 * - `let_go_version`: the version of the order when it was let go. It counts again with the next one, whoever writes that: an
 *   older server need not know the column.
 * - `orders_open_basket`, `orders_open_of_basket`: without the orders that were let go.
 * - `orders_paid_of_basket`: the last of a basket that was paid.
 * - `orders_failed`: those that are still to be let go, in the order in which they are.
 * - `history_follows_the_lifecycle`: as before, and that an order was let go. What is there already holds more than that.
 */
export const duplicateWindow = {
  name: '0009-duplicate-window',
  statements: ({ integer, isShared }: Dialect): readonly string[] => [
    `alter table orders add column let_go_version ${integer} not null default 0`,
    'drop index orders_open_basket',
    `create unique index orders_open_basket on orders (user_id, basket)
      where allow_duplicate = 0 and ${OPEN}`,
    'drop index orders_open_of_basket',
    `create index orders_open_of_basket on orders (user_id, basket, id) where ${OPEN}`,
    `create index orders_paid_of_basket on orders (user_id, basket, updated_at) where state = 'PAYMENT_DONE'`,
    `create index orders_failed on orders (state, updated_at, id)
      where state in ('ORDER_FAILED', 'PAYMENT_FAILED') and let_go_version <> version`,

    'alter table order_history drop constraint history_follows_the_lifecycle',
    `alter table order_history add constraint history_follows_the_lifecycle check (
      coalesce(from_state, '') || ' ' || action || ' ' || to_state in (
        ' create CREATED',
        ' create ORDER_FAILED',
        'ORDER_FAILED retryOrder CREATED',
        'ORDER_FAILED retryOrder ORDER_FAILED',
        'ORDER_FAILED letGo ORDER_FAILED',
        'CREATED cancel ORDER_CANCELLED',
        'CREATED startPayment PAYMENT_IN_PROGRESS',
        'PAYMENT_IN_PROGRESS paymentSucceeded PAYMENT_DONE',
        'PAYMENT_IN_PROGRESS paymentFailed PAYMENT_FAILED',
        'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS',
        'PAYMENT_FAILED letGo PAYMENT_FAILED',
        'CREATED modify CREATED',
        'PAYMENT_FAILED modify PAYMENT_FAILED'
      )
    )${isShared ? ' not valid' : ''}`,
  ],
  optional: (): readonly string[] => [],
}

const OPEN = `state in ('CREATED', 'ORDER_FAILED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED')
        and let_go_version <> version`
