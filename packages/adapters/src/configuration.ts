import { isIPv4 } from 'node:net'
import { dirname, join } from 'node:path'
import { err, ok, Result } from 'neverthrow'
import type { z } from 'zod'
import { checkOrigins } from './configuration-origins.ts'
import { type Variables, variables } from './configuration-variables.ts'
import type { CrashAt } from './crash/crash-at.ts'
import { withHost } from './sql/postgres-url.ts'

/** A variable that has a value which is not allowed. */
export type ConfigurationError = Readonly<{ variable: string; detail: string }>

/** How callers prove who they are. */
export type AuthConfiguration = Readonly<
  | { kind: 'local' }
  | {
      kind: 'jwt'
      /** Where the keys come from: one shared secret (HS256), or a set that is published. */
      keys: Readonly<{ secret: string } | { jwksUrl: string }>
      issuer: string | undefined
      audience: string | undefined
      /** How far clocks may differ where a token says when it was made, and from when to when it is valid. */
      leewayMs: number
    }
>

/** What concerns the gateway, for whoever needs nothing else. Durations are in ms. */
export type GatewayConfiguration = Readonly<{
  /** The gateway that is asked over HTTP; without one the fake in the process is. */
  gatewayUrl: string | undefined
  /** Proves to the gateway who asks, and to us who notifies. */
  gatewaySecret: string | undefined
  gatewayTimeoutMs: number
  fakeLedgerFile: string
  shutdownGraceMs: number
}>

/** What is in force, from the environment and defaults. Durations are in ms. */
export type Configuration = GatewayConfiguration &
  Readonly<{
    host: string
    port: number
    database: Readonly<{ kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }>
    /** Whether a start brings the schema of PostgreSQL up to date. That of SQLite always is. */
    autoMigrate: boolean
    auth: AuthConfiguration
    /** Pages of these origins may use the service from a browser, besides its own. */
    corsOrigins: readonly string[]
    paymentDeadlineMs: number
    /** 0: an order never expires, and none that failed is let go. */
    orderTtlMs: number
    /** 0: an order that was paid stands in nobody's way. */
    duplicateWindowMs: number
    /** How many orders of one user may hold stock unpaid at once; 0 for any number. */
    unpaidOrders: number
    idempotencyTtlMs: number
    /** Requests a second that one user may send; 0 for as many as they like. */
    rateLimit: number
    /** So many proxies in front of the service are believed about where a request came from. */
    trustedProxies: number
    logLevel: string
    /** Where to end this process, for tests of what is left then. */
    crashAt: CrashAt | undefined
  }>

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the configuration from environment variables. An empty one counts as not set. */
export const readConfiguration = (
  environment: Environment,
): Result<Configuration, readonly ConfigurationError[]> =>
  readVariables(variables, environment).andThen((values) =>
    Result.combine([readAuth(values), gatewayOf(values)]).andThen(([auth, gateway]) =>
      Result.combine([
        checkHost(values.HOST, auth),
        checkOrigins(values.CORS_ORIGINS ?? [], auth),
      ]).map(([host, corsOrigins]) => ({
        host,
        port: values.PORT,
        database: databaseOf(values.DATABASE_URL),
        autoMigrate: values.AUTO_MIGRATE,
        auth,
        corsOrigins,
        ...gateway,
        paymentDeadlineMs: values.PAYMENT_DEADLINE,
        orderTtlMs: values.ORDER_TTL,
        duplicateWindowMs: values.DUPLICATE_WINDOW,
        unpaidOrders: values.UNPAID_ORDERS,
        idempotencyTtlMs: values.IDEMPOTENCY_TTL,
        rateLimit: values.RATE_LIMIT,
        trustedProxies: values.TRUST_PROXY,
        logLevel: values.LOG_LEVEL,
        crashAt: values.CRASH_AT,
      })),
    ),
  )

const gatewayVariables = variables.pick({
  DATABASE_URL: true,
  GATEWAY_URL: true,
  GATEWAY_SECRET: true,
  GATEWAY_TIMEOUT: true,
  FAKE_LEDGER: true,
  SHUTDOWN_GRACE: true,
})

/** Reads what concerns the gateway alone: a gateway of its own need not know how users prove who they are. */
export const readGatewayConfiguration = (
  environment: Environment,
): Result<GatewayConfiguration, readonly ConfigurationError[]> =>
  readVariables(gatewayVariables, environment).andThen(gatewayOf)

const readVariables = <Shape extends z.ZodType>(
  shape: Shape,
  environment: Environment,
): Result<z.infer<Shape>, readonly ConfigurationError[]> => {
  const given = Object.entries(environment).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  const read = shape.safeParse(Object.fromEntries(given))
  if (read.success) return ok(read.data)
  const errors = read.error.issues.map(({ path, message }) => ({
    variable: String(path[0]),
    detail: message,
  }))
  const isFirst = ({ variable }: ConfigurationError, index: number) =>
    errors.findIndex((error) => error.variable === variable) === index
  return err(errors.filter(isFirst))
}

const gatewayOf = (
  values: z.infer<typeof gatewayVariables>,
): Result<GatewayConfiguration, readonly ConfigurationError[]> => {
  const { GATEWAY_URL: url, GATEWAY_SECRET: secret } = values
  if (url !== undefined && secret === undefined && !isLoopback(hostOf(url))) {
    const detail = 'must be set, because GATEWAY_URL leads beyond this machine'
    return err([{ variable: 'GATEWAY_SECRET', detail }])
  }
  const database = databaseOf(values.DATABASE_URL)
  const dataFolder = database.kind === 'sqlite' ? dirname(database.file) : './data'
  return ok({
    gatewayUrl: url,
    gatewaySecret: secret,
    gatewayTimeoutMs: values.GATEWAY_TIMEOUT,
    fakeLedgerFile: values.FAKE_LEDGER ?? join(dataFolder, 'fake-gateway.db'),
    shutdownGraceMs: values.SHUTDOWN_GRACE,
  })
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '')

const databaseOf = (url: string): Configuration['database'] =>
  url.startsWith('sqlite:')
    ? { kind: 'sqlite', file: url.replace(/^sqlite:(\/\/(?=\/))?/, '') }
    : { kind: 'postgres', url: withHost(url) }

const readAuth = (values: Variables): Result<AuthConfiguration, readonly ConfigurationError[]> => {
  if (values.AUTH === 'local') return ok({ kind: 'local' })
  const { JWT_SECRET: secret, JWKS_URL: jwksUrl } = values
  const claims = {
    ...{ issuer: values.JWT_ISSUER, audience: values.JWT_AUDIENCE },
    leewayMs: values.JWT_LEEWAY,
  }
  if (secret !== undefined && jwksUrl === undefined) {
    return ok({ kind: 'jwt', keys: { secret }, ...claims })
  }
  if (jwksUrl !== undefined && secret === undefined) {
    return ok({ kind: 'jwt', keys: { jwksUrl }, ...claims })
  }
  const detail = 'or JWKS_URL must be set with AUTH=jwt, and not both'
  return err([{ variable: 'JWT_SECRET', detail }])
}

const checkHost = (
  host: string,
  { kind }: AuthConfiguration,
): Result<string, readonly ConfigurationError[]> =>
  kind === 'jwt' || isLoopback(host)
    ? ok(host)
    : err([
        {
          variable: 'HOST',
          detail:
            'must be a loopback address (127.0.0.1, ::1 or localhost), because AUTH=local believes whoever can connect; set AUTH=jwt to listen elsewhere',
        },
      ])

/** Whether an address or host name can only be reached from this machine. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1)$/i.test(host) || (host.startsWith('127.') && isIPv4(host))
