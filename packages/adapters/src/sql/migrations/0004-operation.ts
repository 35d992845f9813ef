import type { Dialect } from '../dialects.ts'

/**
 * What those who run the service need: the states of all orders counted without reading the orders, and the table in
 * which several processes count requests together. Its columns, and their order, are those that rate-limiter-flexible
 * writes; losing its rows would forgive somebody a few seconds of requests, nothing else.
 */
export const operation = {
  name: '0004-operation',
  statements: ({ isShared }: Dialect): readonly string[] => [
    'create index orders_by_state on orders (state)',
    ...(isShared
      ? ['create table rate_limits (key text primary key, points integer not null, expire bigint)']
      : []),
  ],
  optional: (): readonly string[] => [],
}
