import type { Dialect } from '../dialects.ts'

/**
 * What limits what is held.
 * - `max_per_order`: how much of a product one order may have; null for no limit. An older server that writes a product
 *   leaves it as it is.
 */
export const referencesAndLimits = {
  name: '0010-references-and-limits',
  statements: ({ integer }: Dialect): readonly string[] => [
    `alter table products add column max_per_order ${integer} check (max_per_order >= 1)`,
  ],
  optional: (): readonly string[] => [],
}
