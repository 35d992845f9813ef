export {
  type AuthConfiguration,
  type Configuration,
  type ConfigurationError,
  isLoopback,
  parseDuration,
  readConfiguration,
} from './configuration.ts'
export { DEFAULT_FAKE_DELAYS, type FakeDelays } from './gateway/fake-gateway.ts'
export { type Adapters, openAdapters, openDatabase, type Replacements } from './open-adapters.ts'
export {
  emptySchema,
  migrate,
  type SchemaStatus,
  schemaStatus,
  WrongSchema,
} from './sql/migrate.ts'
export { UnsafeServer } from './sql/postgres-checks.ts'
