import type { Dialect } from '../dialects.ts'

/**
 * What is known of a payment while it is under way.
 * - `outcome`: what the gateway has said of it; of one that has ended it is what was said last, and nobody reads it. Of those of
 *   before nothing usable is known, nor of those that an older server begins.
 * - `gateway_id`: the gateway that a payment was claimed for. One of before, or of an older server, is not sent again.
 * - `fenced_until`: how long a void is left to the edit that has done it.
 */
export const paymentOutcomes = {
  name: '0011-payment-outcomes',
  statements: ({ integer }: Dialect): readonly string[] => [
    `alter table payments add column outcome text not null default 'unknown'
      check (outcome in ('processing', 'unknown', 'not_seen'))`,
    `alter table payments add column fenced_until ${integer}`,
    'alter table payments add column gateway_id text',
  ],
  optional: (): readonly string[] => [],
}
