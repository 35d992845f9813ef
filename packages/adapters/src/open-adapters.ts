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
import { newId } from './new-id.ts'
import { openRateLimits, type RateLimits } from './rate-limits/open-rate-limits.ts'
import { type Dialect, postgres, sqlite } from './sql/dialects.ts'
import { type DriverLoad, type DriverWatch, type SqlDriver, unwatched } from './sql/driver.ts'
import { checkSchema, migrate } from './sql/migrate.ts'
import { checkServer } from './sql/postgres-checks.ts'
import { openPostgres } from './sql/postgres-connections.ts'
import { createPostgresDriver } from './sql/postgres-driver.ts'
import { createSqlStore } from './sql/sql-store.ts'
import { openSqlite } from './sql/sqlite-connections.ts'
import { createSqliteDriver } from './sql/sqlite-driver.ts'

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

/** Opens what the configuration names. The only place that chooses between adapters. */
export const openAdapters = async (
  configuration: Configuration,
  replacements: Replacements = {},
  watch: DriverWatch & ClockWatch = unwatched,
): Promise<Adapters> => {
  const { delays = DEFAULT_FAKE_DELAYS, store } = replacements
  const { crashes = crashesOf(configuration) } = replacements
  const { driver, dialect } = openDatabase(configuration, watch, crashes)
  let running: RunningClock | undefined
  try {
    const migrated = await prepareSchema(configuration, driver, dialect)
    running = await openClock(configuration, driver, replacements.machineNow, watch)
    const { aheadMs: clockAheadMs, stop: stopClock } = running
    const { clock = running } = replacements
    const { gateway, close } = openGateway(configuration, clock, delays)
    const rateLimits = openRateLimits(configuration)
    return {
      store: store ?? crashes.aroundStore(createSqlStore(driver, dialect)),
      gateway: crashes.aroundGateway(replacements.gateway ?? gateway),
      clock,
      newId: replacements.newId ?? newId,
      settings: {
        paymentDeadlineMs: configuration.paymentDeadlineMs,
        orderTtlMs: configuration.orderTtlMs,
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

/** The database that the configuration names, not yet asked for anything. */
export const openDatabase = (
  { database }: Pick<Configuration, 'database'>,
  watch: DriverWatch = unwatched,
  { aroundSqlite, aroundPostgres }: CrashPlan = noCrashPlan,
): { driver: SqlDriver; dialect: Dialect } => {
  if (database.kind === 'sqlite') {
    const connections = aroundSqlite(openSqlite(database.file, undefined, watch))
    return { driver: createSqliteDriver(connections), dialect: sqlite }
  }
  const connections = aroundPostgres(openPostgres(database.url))
  return { driver: createPostgresDriver(connections, watch), dialect: postgres }
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

/**
 * A SQLite file is made and migrated on the first start. A PostgreSQL database may serve many processes, of which only
 * one should migrate, at a moment that its operator chooses; so it is checked instead, unless the operator says otherwise.
 */
const prepareSchema = async (
  { database, autoMigrate }: Configuration,
  driver: SqlDriver,
  dialect: Dialect,
): Promise<readonly string[]> => {
  if (database.kind === 'postgres') await checkServer(driver)
  if (database.kind === 'sqlite' || autoMigrate) return migrate(driver, dialect)
  await checkSchema(driver, dialect)
  return []
}
