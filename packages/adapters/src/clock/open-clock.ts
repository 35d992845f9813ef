import type { Configuration } from '../configuration.ts'
import type { SqlDriver } from '../sql/driver.ts'
import { integer } from '../sql/statement.ts'
import { type ClockWatch, type RunningClock, startDatabaseClock } from './database-clock.ts'

const DATABASE_TIME = {
  sql: 'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now',
  params: [],
}

/**
 * The clock that everybody on the database goes by: PostgreSQL's own, as servers on several machines share it; on SQLite
 * that of this machine, on which everybody is.
 */
export const openClock = async (
  { database }: Pick<Configuration, 'database'>,
  driver: Pick<SqlDriver, 'read'>,
  machineNow: () => number = () => Date.now(),
  watch: ClockWatch = {},
): Promise<RunningClock> => {
  if (database.kind === 'sqlite') {
    return { now: machineNow, aheadMs: () => 0, stop: () => undefined }
  }
  const ask = async () => {
    const [rows = []] = await driver.read([DATABASE_TIME])
    return integer(rows[0] ?? {}, 'now')
  }
  return startDatabaseClock({ ask, machineNow, ...watch })
}
