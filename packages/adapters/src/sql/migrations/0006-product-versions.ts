import type { Dialect } from '../dialects.ts'

/**
 * Products have versions, and orders are listed by state.
 * - `version`: counts what an admin has written of a product; `last_edit` is the fingerprint of the edit that made it, null
 *   where nobody knows: of a first version, and of what was written before.
 * - `orders_in_state`, `orders_of_user_in_state`: pages of one state, newest first, without a walk through all others. The
 *   first also counts the states, which `orders_by_state` was for.
 */
export const productVersions = {
  name: '0006-product-versions',
  statements: ({ integer }: Dialect): readonly string[] => [
    `alter table products add column version ${integer} not null default 1 check (version >= 1)`,
    'alter table products add column last_edit text check (length(last_edit) = 64)',
    'create index orders_in_state on orders (state, id)',
    'create index orders_of_user_in_state on orders (user_id, state, id)',
    'drop index orders_by_state',
  ],
  optional: (): readonly string[] => [],
}
