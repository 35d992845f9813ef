import type { Knex } from 'knex'
import type { DriverLoad } from './driver.ts'

/** How busy knex's pool is; nothing once it is closed. */
export const poolLoad = ({ client }: Pick<Knex, 'client'>): DriverLoad => ({
  inUse: client.pool?.numUsed() ?? 0,
  waiting: client.pool?.numPendingAcquires() ?? 0,
})
