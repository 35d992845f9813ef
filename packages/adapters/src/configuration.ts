import { isIPv4 } from 'node:net'
import { dirname, join } from 'node:path'
import {
  DEFAULT_IDEMPOTENCY_TTL_MS,
  DEFAULT_ORDER_TTL_MS,
  DEFAULT_PAYMENT_DEADLINE_MS,
} from '@holdfast/domain'
import { err, ok, type Result } from 'neverthrow'
import { z } from 'zod'

/** A variable that has a value which is not allowed. */
export type ConfigurationError = Readonly<{ variable: string; detail: string }>

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A duration in ms from seconds (`180`) or a number with its unit (`500ms`, `180s`, `24h`); undefined if it is neither. */
export const parseDuration = (written: string): number | undefined => {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(written) ?? []
  return number === undefined ? undefined : Math.round(Number(number) * (unitMs[unit] ?? 1000))
}

const duration = (fallbackMs: number, leastMs = 1) =>
  z
    .string()
    .refine(
      (written) => parseDuration(written) !== undefined,
      'must be seconds or carry a unit: 500ms, 180s, 3m, 24h',
    )
    .transform((written) => parseDuration(written) ?? Number.NaN)
    .refine((ms) => ms >= leastMs && ms <= 3_650 * 86_400_000, {
      error: `must be from ${leastMs}ms to ten years`,
    })
    .default(fallbackMs)

const variables = z.object({
  HOST: z.string().min(1, 'must name an address').default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a port number from 0 to 65535' })
    .default(3000),
  DATABASE_URL: z
    .string()
    .regex(
      /^(sqlite:.+|postgres(ql)?:\/\/.+)/,
      'must be sqlite: and a file, such as sqlite:./data/holdfast.db, or a postgres:// URL',
    )
    .refine((url) => !url.includes(':memory:'), { error: 'must name a file: memory forgets' })
    .refine((url) => !/^sqlite:\/\/[^/]/.test(url), {
      error: 'must be sqlite:FILE, or sqlite:///FILE from the root',
    })
    .refine((url) => url.startsWith('sqlite:') || URL.canParse(url), {
      error:
        'must be a URL that can be parsed; special characters of a password are percent-encoded',
    })
    .default('sqlite:./data/holdfast.db'),
  AUTO_MIGRATE: z
    .enum(['0', '1'], { error: 'must be 0 or 1' })
    .default('0')
    .transform((written) => written === '1'),
  AUTH: z.enum(['local', 'jwt'], { error: 'must be local or jwt' }).default('local'),
  JWT_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, { error: 'must have 32 bytes or more' })
    .optional(),
  JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  GATEWAY_TIMEOUT: duration(5000),
  FAKE_LEDGER: z.string().min(1, 'must name a file').optional(),
  PAYMENT_DEADLINE: duration(DEFAULT_PAYMENT_DEADLINE_MS),
  ORDER_TTL: duration(DEFAULT_ORDER_TTL_MS, 0),
  IDEMPOTENCY_TTL: duration(DEFAULT_IDEMPOTENCY_TTL_MS, 1000),
  SHUTDOWN_GRACE: duration(10_000, 0),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info'),
})

/** How callers prove who they are. */
export type AuthConfiguration = Readonly<
  | { kind: 'local' }
  | {
      kind: 'jwt'
      /** Where the keys come from: one shared secret (HS256), or a set that is published. */
      keys: Readonly<{ secret: string } | { jwksUrl: string }>
      issuer: string | undefined
      audience: string | undefined
    }
>

/** What is in force, from the environment and defaults. Durations are in ms. */
export type Configuration = Readonly<{
  host: string
  port: number
  database: Readonly<{ kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }>
  /** Whether a start brings the schema of PostgreSQL up to date. That of SQLite always is. */
  autoMigrate: boolean
  auth: AuthConfiguration
  gatewayTimeoutMs: number
  fakeLedgerFile: string
  paymentDeadlineMs: number
  /** 0: an order never expires. */
  orderTtlMs: number
  idempotencyTtlMs: number
  shutdownGraceMs: number
  logLevel: string
}>

/** Reads the configuration from environment variables. An empty one counts as not set. */
export const readConfiguration = (
  environment: Readonly<Record<string, string | undefined>>,
): Result<Configuration, readonly ConfigurationError[]> => {
  const given = Object.entries(environment).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  const read = variables.safeParse(Object.fromEntries(given))
  if (!read.success) {
    const errors = read.error.issues.map(({ path, message }) => ({
      variable: String(path[0]),
      detail: message,
    }))
    const isFirst = ({ variable }: ConfigurationError, index: number) =>
      errors.findIndex((error) => error.variable === variable) === index
    return err(errors.filter(isFirst))
  }
  const values = read.data
  const database = databaseOf(values.DATABASE_URL)
  const dataFolder = database.kind === 'sqlite' ? dirname(database.file) : './data'
  return readAuth(values).andThen((auth) =>
    checkHost(values.HOST, auth).map((host) => ({
      host,
      port: values.PORT,
      database,
      autoMigrate: values.AUTO_MIGRATE,
      auth,
      gatewayTimeoutMs: values.GATEWAY_TIMEOUT,
      fakeLedgerFile: values.FAKE_LEDGER ?? join(dataFolder, 'fake-gateway.db'),
      paymentDeadlineMs: values.PAYMENT_DEADLINE,
      orderTtlMs: values.ORDER_TTL,
      idempotencyTtlMs: values.IDEMPOTENCY_TTL,
      shutdownGraceMs: values.SHUTDOWN_GRACE,
      logLevel: values.LOG_LEVEL,
    })),
  )
}

type Variables = z.infer<typeof variables>

const databaseOf = (url: string): Configuration['database'] =>
  url.startsWith('sqlite:')
    ? { kind: 'sqlite', file: url.replace(/^sqlite:(\/\/(?=\/))?/, '') }
    : { kind: 'postgres', url }

const readAuth = (values: Variables): Result<AuthConfiguration, readonly ConfigurationError[]> => {
  if (values.AUTH === 'local') return ok({ kind: 'local' })
  const { JWT_SECRET: secret, JWKS_URL: jwksUrl } = values
  const claims = { issuer: values.JWT_ISSUER, audience: values.JWT_AUDIENCE }
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
