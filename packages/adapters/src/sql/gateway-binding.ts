import type { GatewayBinding } from '@holdfast/domain'
import type { SqlDriver } from './driver.ts'
import { type Row, type Statement, text } from './statement.ts'

/** The gateway that is believed: no row, or one. */
export const boundGateway: Statement = { sql: 'select gateway_id from gateway_binding', params: [] }

/** The id out of what `boundGateway` reads. */
export const toBoundGateway = ([row]: readonly Row[]): string | undefined =>
  row && text(row, 'gateway_id')

/** The id of the gateway that the database is bound to now, if it is bound. */
export const readBoundGateway = async (
  driver: Pick<SqlDriver, 'read'>,
): Promise<string | undefined> => toBoundGateway((await driver.read([boundGateway]))[0] ?? [])

/** Binds the database if it is bound to nobody, or to the one that is to be replaced. */
export const saveBinding = ({ gatewayId, insteadOf, at }: GatewayBinding): Statement => ({
  sql: `insert into gateway_binding (only_row, gateway_id, bound_at) values (1, ?, ?)
    on conflict (only_row) do update
      set gateway_id = excluded.gateway_id, bound_at = excluded.bound_at
      where gateway_binding.gateway_id = ?`,
  params: [gatewayId, at, insteadOf ?? null],
})
