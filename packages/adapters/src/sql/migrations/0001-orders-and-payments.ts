import type { Dialect } from '../dialects.ts'

/**
 * The first schema. It holds what a schema can hold of the domain's rules, as a second line behind them:
 * - `orders_open_basket`: one open order of a basket for a user.
 * - `payments_one_pending`, `payments_one_succeeded`: one attempt at a time, one charge ever.
 * - `products`: 0 <= reserved <= quantity.
 * - `order_history`: dense, each row from the state that the row before led to, each step one of the lifecycle.
 * - `orders`: state and version are those of the last row of history.
 * Foreign keys are checked at once, so history is written before the order that refers to it. Times are ms since 1970.
 */
export const ordersAndPayments = {
  name: '0001-orders-and-payments',
  statements: ({ integer, tableEnd }: Dialect): readonly string[] => [
    `create table products (
      id text primary key,
      sku text not null unique,
      name text not null,
      description text not null,
      price_minor ${integer} not null check (price_minor between 0 and 9007199254740991),
      currency text not null check (length(currency) = 3),
      quantity ${integer} not null,
      reserved ${integer} not null,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      constraint stock_is_never_oversold check (0 <= reserved and reserved <= quantity)
    )${tableEnd}`,

    `create table order_history (
      order_id text not null,
      seq ${integer} not null check (seq >= 1),
      previous_seq ${integer},
      from_state text,
      to_state text not null,
      action text not null,
      actor text not null,
      reason text,
      payment_id text,
      at ${integer} not null,
      primary key (order_id, seq),
      unique (order_id, seq, to_state),
      foreign key (order_id, previous_seq, from_state) references order_history (order_id, seq, to_state),
      constraint history_is_dense check (
        case when seq = 1 then previous_seq is null and from_state is null
             else previous_seq = seq - 1 and from_state is not null end
      ),
      constraint history_follows_the_lifecycle check (
        coalesce(from_state, '') || ' ' || action || ' ' || to_state in (
          ' create CREATED',
          ' create ORDER_FAILED',
          'ORDER_FAILED retryOrder CREATED',
          'ORDER_FAILED retryOrder ORDER_FAILED',
          'CREATED cancel ORDER_CANCELLED',
          'CREATED startPayment PAYMENT_IN_PROGRESS',
          'PAYMENT_IN_PROGRESS paymentSucceeded PAYMENT_DONE',
          'PAYMENT_IN_PROGRESS paymentFailed PAYMENT_FAILED',
          'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS',
          'CREATED modify CREATED',
          'PAYMENT_FAILED modify PAYMENT_FAILED'
        )
      )
    )${tableEnd}`,

    `create table orders (
      id text primary key,
      user_id text not null,
      state text not null,
      basket text not null check (length(basket) = 64),
      allow_duplicate ${integer} not null check (allow_duplicate in (0, 1)),
      total_minor ${integer} not null check (total_minor between 0 and 9007199254740991),
      currency text not null check (length(currency) = 3),
      version ${integer} not null,
      failure text,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      foreign key (id, version, state) references order_history (order_id, seq, to_state),
      constraint only_a_failed_order_has_a_failure check ((state = 'ORDER_FAILED') = (failure is not null))
    )${tableEnd}`,
    `create unique index orders_open_basket on orders (user_id, basket)
      where allow_duplicate = 0 and state in ('CREATED', 'ORDER_FAILED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED')`,
    'create index orders_of_user on orders (user_id, id)',
    'create index orders_of_basket on orders (user_id, basket)',

    `create table order_lines (
      order_id text not null references orders (id),
      position ${integer} not null check (position between 0 and 99),
      product_id text not null references products (id),
      sku text not null,
      name text not null,
      quantity ${integer} not null check (quantity between 1 and 1000000),
      unit_price_minor ${integer} not null check (unit_price_minor between 0 and 9007199254740991),
      primary key (order_id, position),
      unique (order_id, product_id)
    )${tableEnd}`,

    `create table payments (
      id text primary key,
      order_id text not null references orders (id),
      attempt ${integer} not null check (attempt >= 1),
      state text not null check (state in ('PENDING', 'SUCCEEDED', 'FAILED')),
      amount_minor ${integer} not null check (amount_minor between 0 and 9007199254740991),
      currency text not null check (length(currency) = 3),
      order_version ${integer} not null,
      payment_method text not null,
      failure_code text,
      failure_detail text,
      overdue ${integer} not null check (overdue in (0, 1)),
      deadline_at ${integer} not null,
      next_check_at ${integer},
      created_at ${integer} not null,
      updated_at ${integer} not null,
      unique (order_id, attempt),
      constraint a_pending_payment_is_asked_about check (state <> 'PENDING' or next_check_at is not null),
      constraint a_success_is_not_asked_about check (state <> 'SUCCEEDED' or next_check_at is null),
      constraint only_a_failed_payment_has_a_failure check ((state = 'FAILED') = (failure_code is not null))
    )${tableEnd}`,
    `create unique index payments_one_pending on payments (order_id) where state = 'PENDING'`,
    `create unique index payments_one_succeeded on payments (order_id) where state = 'SUCCEEDED'`,
    'create index payments_due on payments (next_check_at) where next_check_at is not null',

    `create table stock_movements (
      id text primary key,
      product_id text not null references products (id),
      kind text not null,
      quantity_delta ${integer} not null,
      reserved_delta ${integer} not null,
      order_id text references orders (id),
      actor text not null,
      at ${integer} not null,
      constraint movement_does_what_its_kind_says check (
        case kind
          when 'set' then reserved_delta = 0 and order_id is null
          when 'reserve' then quantity_delta = 0 and reserved_delta > 0 and order_id is not null
          when 'release' then quantity_delta = 0 and reserved_delta < 0 and order_id is not null
          when 'deduct' then quantity_delta < 0 and reserved_delta = quantity_delta and order_id is not null
          else false end
      )
    )${tableEnd}`,
    'create index stock_movements_of_product on stock_movements (product_id, id)',

    `create table idempotency_keys (
      user_id text not null,
      key text not null,
      fingerprint text not null,
      payment_id text,
      outcome text,
      created_at ${integer} not null,
      primary key (user_id, key),
      constraint an_open_key_waits_for_a_payment check (outcome is not null or payment_id is not null)
    )${tableEnd}`,
    'create index idempotency_keys_waiting on idempotency_keys (payment_id) where outcome is null',
    'create index idempotency_keys_by_age on idempotency_keys (created_at)',
  ],
  optional: ({ appendOnly }: Dialect): readonly string[] => [
    ...appendOnly('order_history'),
    ...appendOnly('stock_movements'),
  ],
}
