import type { Dialect } from '../dialects.ts'

/**
 * The one gateway whose answers this database believes. It has no row in a database from before, whose payments must first
 * be found at a gateway.
 */
export const gatewayBinding = {
  name: '0005-gateway-binding',
  statements: ({ integer, tableEnd }: Dialect): readonly string[] => [
    `create table gateway_binding (
      only_row integer primary key check (only_row = 1),
      gateway_id text not null check (length(gateway_id) between 1 and 255),
      bound_at ${integer} not null
    )${tableEnd}`,
  ],
  optional: (): readonly string[] => [],
}
