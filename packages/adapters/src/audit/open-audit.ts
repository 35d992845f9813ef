import { openClock } from '../clock/open-clock.ts'
import type { Configuration } from '../configuration.ts'
import { requireLedger } from '../gateway/ledger-file.ts'
import { type LedgerPlace, readLedger } from '../gateway/read-ledger.ts'
import { openDatabase } from '../open-database.ts'
import { readBoundGateway } from '../sql/gateway-binding.ts'
import { checkSchema } from '../sql/migrate.ts'
import { type Audit, auditBooks, type Report } from './audit.ts'

/** Where the books are: ours, and those of the gateway. */
export type AuditPlace = Pick<Configuration, 'database'> & LedgerPlace

/**
 * Audits the database and the ledger that the configuration names; servers may go on working on them meanwhile. Throws
 * `WrongSchema` where the schema is not the one of this version, `UnusableFile` where there is no database or no ledger,
 * `WrongGateway` where the ledger is that of another gateway than the one that the database is bound to, and
 * `GatewayUnavailable` where the gateway does not show its ledger.
 */
export const audit = async (
  place: AuditPlace,
  options: Pick<Audit, 'quiet' | 'onProgress'> = {},
): Promise<Report> => {
  const { driver, dialect, atStart } = openDatabase(place, 'read')
  try {
    await atStart(() => checkSchema(driver, dialect))
    if (place.gatewayUrl === undefined) requireLedger(place.fakeLedgerFile)
    const meant = await readBoundGateway(driver)
    const ledger = (now: number) => readLedger(place, now, meant)
    const { gatewayTimeoutMs } = place
    const { now, stop } = await openClock(place, driver)
    const books = { driver, dialect, ledger, gatewayTimeoutMs, now }
    return await auditBooks({ ...books, ...options }).finally(stop)
  } finally {
    await driver.close()
  }
}
