import type { Dialect } from '../dialects.ts'

/**
 * - `outcome`: what the gateway has said of a payment that is under way; of one that has ended it is what was said last, and nobody reads
 * it. Of those of before nothing usable is known, nor of those that an older server begins.
 * - `gateway_id`: the gateway that a payment was claimed for. One of before, or of an older server, is not sent again.
 * - `fenced_until`: how long the end of a payment is left to an edit that fences it.
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
