import type { Dialect } from '../dialects.ts'

/** When an edit last set about voiding a payment that is under way; of those of before, and of an older server's edits, nothing. */
export const paymentFences = {
  name: '0012-payment-fences',
  statements: ({ integer }: Dialect): readonly string[] => [
    `alter table payments add column fenced_at ${integer}`,
  ],
  optional: (): readonly string[] => [],
}
