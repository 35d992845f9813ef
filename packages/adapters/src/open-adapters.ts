import type { Clock, NewId, PaymentGateway, Ports, Store } from '@holdfast/domain'
import type { ClockWatch, RunningClock } from './clock/database-clock.ts'
import { openClock } from './clock/open-clock.ts'
import type { Configuration } from './configuration.ts'
import { type CrashPlan, crashPlan, noCrashPlan, signalAt } from './crash/crash-plan.ts'
import { answerWithin } from './gateway/answer-within.ts'
import { DEFAULT_FAKE_DELAYS, type FakeDelays } from './gateway/fake-core.ts'
import { createFakeGateway } from './gateway/fake-gateway.ts'
import { openFakeLedger } from './gateway/fake-ledger.ts'
import { DEFAULT_FAKE_METHOD } from './gateway/fault-script.ts'
import { createHttpGateway } from './gateway/http-gateway.ts'
import { checkLedgerFile, requireLedger } from './gateway/ledger-file.ts'
import { noGateway } from './gateway/no-gateway.ts'
import { newId } from './new-id.ts'
import { type Access, checkDatabaseFile, type OpenDatabase, openDatabase } from './open-database.ts'
import { openRateLimits, type RateLimits } from './rate-limits/open-rate-limits.ts'
import { type DriverLoad, type DriverWatch, type SqlDriver, unwatched } from './sql/driver.ts'
import { checkSchema, migrate } from './sql/migrate.ts'
import { checkRights, checkServer } from './sql/postgres-checks.ts'
import { createSqlStore } from './sql/sql-store.ts'

/** Everything that the use cases need, ready to use. */
export type Adapters = Ports &
  Readonly<{
    rateLimits: RateLimits
    /** How busy the database's connections are. */
    databaseLoad: () => DriverLoad
    /** How far this machine's clock is ahead of the one that all go by, in ms. */
    clockAheadMs: () => number
    /** The migrations that were applied while opening. */
    migrated: readonly string[]
    /** Finishes what runs and closes the files. */
    close: () => Promise<void>
  }>

/** What tests replace: time, or just what this machine's clock shows; ids, how long the fake gateway takes, the gateway, the store, the limits, and what crash points do. */
export type Replacements = Readonly<{
  clock?: Clock
  machineNow?: () => number
  newId?: NewId
  delays?: FakeDelays
  gateway?: PaymentGateway
  store?: Store
  rateLimits?: RateLimits
  crashes?: CrashPlan
}>

/**
 * What somebody wants of a shop: to `serve` it, which makes and migrates what is not there yet; to `ask` its gateway about
 * what is stored, for which both must be there; to `write` to its database alone, or to `read` it without changing a byte.
 */
export type Purpose = 'serve' | 'ask' | 'write' | 'read'

/** Opens what the configuration names. The only place that chooses between adapters. */
export const openAdapters = async (
  configuration: Configuration,
  purpose: Purpose,
  replacements: Replacements = {},
  watch: DriverWatch & ClockWatch = unwatched,
): Promise<Adapters> => {
  const { delays = DEFAULT_FAKE_DELAYS, store } = replacements
  const { crashes = crashesOf(configuration) } = replacements
  if (purpose === 'serve') checkFiles(configuration)
  else await checkBeforeWriting(configuration)
  const database = openDatabase(configuration, ACCESS[purpose], watch, crashes)
  const { driver, dialect } = database
  let running: RunningClock | undefined
  try {
    const migrated = await database.atStart(() => prepareSchema(configuration, purpose, database))
    if (purpose === 'ask' || (purpose === 'serve' && (await hasPayments(driver)))) {
      requireGateway(configuration)
    }
    running = await openClock(configuration, driver, replacements.machineNow, watch)
    const { aheadMs: clockAheadMs, stop: stopClock } = running
    const { clock = running } = replacements
    const { gateway, close } =
      purpose === 'serve' || purpose === 'ask'
        ? openGateway(configuration, clock, delays)
        : { gateway: noGateway, close: () => undefined }
    const rateLimits = openRateLimits(configuration)
    return {
      store: store ?? crashes.aroundStore(createSqlStore(driver, dialect)),
      gateway: crashes.aroundGateway(replacements.gateway ?? gateway),
      clock,
      newId: replacements.newId ?? newId,
      settings: {
        paymentDeadlineMs: configuration.paymentDeadlineMs,
        orderTtlMs: configuration.orderTtlMs,
        duplicateWindowMs: configuration.duplicateWindowMs,
        unpaidOrders: configuration.unpaidOrders,
        idempotencyTtlMs: configuration.idempotencyTtlMs,
        defaultPaymentMethod: DEFAULT_FAKE_METHOD,
      },
      rateLimits: replacements.rateLimits ?? rateLimits,
      databaseLoad: () => driver.load(),
      clockAheadMs,
      migrated,
      close: async () => {
        stopClock()
        await rateLimits.close()
        await driver.close()
        close()
      },
    }
  } catch (error) {
    running?.stop()
    await driver.close()
    throw error
  }
}

const crashesOf = ({ crashAt }: Configuration): CrashPlan =>
  crashAt ? crashPlan(signalAt(crashAt)) : noCrashPlan

/** The gateway of GATEWAY_URL, otherwise the fake in this process with its ledger. */
const openGateway = (
  { gatewayUrl, gatewaySecret, gatewayTimeoutMs, fakeLedgerFile }: Configuration,
  clock: Clock,
  delays: FakeDelays,
): { gateway: PaymentGateway; close: () => void } => {
  if (gatewayUrl !== undefined) {
    const parts = { url: gatewayUrl, secret: gatewaySecret, timeoutMs: gatewayTimeoutMs }
    return { gateway: createHttpGateway(parts), close: () => undefined }
  }
  const ledger = openFakeLedger(fakeLedgerFile)
  const fake = createFakeGateway({ ledger, clock, delays })
  return { gateway: answerWithin(fake, gatewayTimeoutMs), close: ledger.close }
}

/** With the fake in the process: its ledger has to be there, for a new one would deny every charge that was made. */
const requireGateway = ({ gatewayUrl, fakeLedgerFile }: Configuration): void => {
  if (gatewayUrl === undefined) requireLedger(fakeLedgerFile)
}

/** An outdated file is left as it is, and a connection that writes would turn it to WAL: so another looks at it first. */
const checkBeforeWriting = async (configuration: Configuration): Promise<void> => {
  if (configuration.database.kind !== 'sqlite') return
  const { driver, dialect, atStart } = openDatabase(configuration, 'read')
  await atStart(() => checkSchema(driver, dialect))
}

/** Before a database is made for which there can be no ledger. */
const checkFiles = ({ database, gatewayUrl, fakeLedgerFile }: Configuration): void => {
  if (database.kind === 'sqlite') checkDatabaseFile(database.file, 'make')
  if (gatewayUrl === undefined) checkLedgerFile(fakeLedgerFile)
}

const hasPayments = async (driver: Pick<SqlDriver, 'read'>): Promise<boolean> => {
  const [rows = []] = await driver.read([{ sql: 'select id from payments limit 1', params: [] }])
  return rows.length > 0
}

const ACCESS: Readonly<Record<Purpose, Access>> = {
  serve: 'make',
  ask: 'write',
  write: 'write',
  read: 'read',
}

/**
 * A SQLite file is made and migrated on the first start. A PostgreSQL database may serve many processes, of which only
 * one should migrate, at a moment that its operator chooses; so it is checked instead, unless the operator says otherwise.
 * Commands leave the schema of either as it is.
 */
const prepareSchema = async (
  { database, autoMigrate }: Configuration,
  purpose: Purpose,
  { driver, dialect }: OpenDatabase,
): Promise<readonly string[]> => {
  const isServer = database.kind === 'postgres'
  if (isServer && purpose !== 'read') await checkServer(driver)
  const mayMigrate = purpose === 'serve' && (!isServer || autoMigrate)
  const migrated = mayMigrate ? await migrate(driver, dialect) : []
  if (!mayMigrate) await checkSchema(driver, dialect)
  if (isServer && purpose === 'serve') await checkRights(driver)
  return migrated
}
