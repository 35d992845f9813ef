import type { Dialect } from '../dialects.ts'

/**
 * Several processes may look after the payments of one database: `leased_until` (ms since 1970) says how long
 * one of them is at work on a payment. A lease saves work, it protects nothing.
 */
export const paymentLeases = {
  name: '0002-payment-leases',
  statements: ({ integer }: Dialect): readonly string[] => [
    `alter table payments add column leased_until ${integer} not null default 0`,
  ],
  optional: (): readonly string[] => [],
}
