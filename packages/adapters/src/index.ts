export type { Report } from './audit/audit.ts'
export type { Finding } from './audit/findings.ts'
export { audit } from './audit/open-audit.ts'
export { checkAddress } from './check-address.ts'
export {
  type AuthConfiguration,
  type Configuration,
  type ConfigurationError,
  type GatewayConfiguration,
  isLoopback,
  readConfiguration,
  readGatewayConfiguration,
} from './configuration.ts'
export { misspeltVariables, reportConfiguration } from './configuration-report.ts'
export { parseDuration } from './configuration-variables.ts'
export { DEFAULT_FAKE_DELAYS, type FakeDelays } from './gateway/fake-core.ts'
export { type FaultRates, NO_FAULTS } from './gateway/fault-rates.ts'
export { FAKE_METHODS } from './gateway/fault-script.ts'
export {
  type GatewayServer,
  type GatewayServerOptions,
  startGatewayServer,
} from './gateway/gateway-server.ts'
export { GatewayUnavailable } from './gateway/gateway-unavailable.ts'
export { createHttpGateway, type HttpGatewayParts } from './gateway/http-gateway.ts'
export type { LedgerEntry } from './gateway/ledger-rows.ts'
export {
  type InvalidSignature,
  signNotification,
  verifyNotification,
} from './gateway/notification-signature.ts'
export { type LedgerPlace, readLedger } from './gateway/read-ledger.ts'
export { WrongGateway } from './gateway/wrong-gateway.ts'
export { type Adapters, openAdapters, type Purpose, type Replacements } from './open-adapters.ts'
export { openDatabase } from './open-database.ts'
export type { RateLimits } from './rate-limits/open-rate-limits.ts'
export type { RateLimit } from './rate-limits/rate-limit.ts'
export type { DriverLoad, DriverWatch, RetryReason } from './sql/driver.ts'
export {
  emptySchema,
  migrate,
  type SchemaStatus,
  schemaStatus,
  WrongSchema,
} from './sql/migrate.ts'
export { UnsafeServer } from './sql/postgres-checks.ts'
export { RefusedByServer } from './sql/postgres-errors.ts'
export { UnusableFile } from './unusable-file.ts'
export { type Connections, watchConnections } from './unused-connections.ts'
