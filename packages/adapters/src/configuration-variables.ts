import {
  DEFAULT_DUPLICATE_WINDOW_MS,
  DEFAULT_IDEMPOTENCY_TTL_MS,
  DEFAULT_ORDER_TTL_MS,
  DEFAULT_PAYMENT_DEADLINE_MS,
  DEFAULT_UNPAID_ORDERS,
} from '@holdfast/domain'
import { z } from 'zod'
import { readOrigins } from './configuration-origins.ts'
import { crashPoints, readCrashAt } from './crash/crash-at.ts'
import { withHost } from './sql/postgres-url.ts'

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

const TEN_YEARS = { ms: 3_650 * 86_400_000, written: 'ten years' }

const duration = (fallbackMs: number, leastMs = 1, most = TEN_YEARS) =>
  z
    .string()
    .refine(
      (written) => parseDuration(written) !== undefined,
      'must be seconds or carry a unit: 500ms, 180s, 3m, 24h',
    )
    .transform((written) => parseDuration(written) ?? Number.NaN)
    .refine((ms) => ms >= leastMs && ms <= most.ms, {
      error: `must be from ${leastMs === 0 ? '0s' : `${leastMs}ms`} to ${most.written}`,
    })
    .default(fallbackMs)
    .meta({ unit: 'ms' })

/** Every environment variable that Holdfast reads: what is allowed, and what holds where it is not set. */
export const variables = z.object({
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
    .refine((url) => url.startsWith('sqlite:') || URL.canParse(withHost(url)), {
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
  JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    // fetch refuses such a URL, so that every token would be refused.
    .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
      error: 'must have no user or password: public keys need none',
    })
    .optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_LEEWAY: duration(30_000, 0, { ms: 120_000, written: '120s' }),
  CORS_ORIGINS: z.string().transform(readOrigins).optional(),
  GATEWAY_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .refine((url) => !/[@?#]/.test(url), {
      error: 'must have no user, password, query or fragment: GATEWAY_SECRET proves who asks',
    })
    .optional(),
  GATEWAY_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{32,}$/, 'must have 32 or more visible ASCII characters')
    .optional(),
  GATEWAY_TIMEOUT: duration(5000),
  FAKE_LEDGER: z.string().min(1, 'must name a file').optional(),
  PAYMENT_DEADLINE: duration(DEFAULT_PAYMENT_DEADLINE_MS),
  ORDER_TTL: duration(DEFAULT_ORDER_TTL_MS, 0),
  DUPLICATE_WINDOW: duration(DEFAULT_DUPLICATE_WINDOW_MS, 0),
  UNPAID_ORDERS: z
    .string()
    .regex(/^(\d{1,3}|1000)$/, 'must be a whole number from 0 to 1000; 0 is for no limit')
    .transform(Number)
    .default(DEFAULT_UNPAID_ORDERS),
  IDEMPOTENCY_TTL: duration(DEFAULT_IDEMPOTENCY_TTL_MS, 1000),
  RATE_LIMIT: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number of requests a second, or 0 for no limit')
    .transform(Number)
    .default(50),
  TRUST_PROXY: z
    .string()
    .regex(/^(\d|10)$/, 'must be how many proxies stand in front of the service, from 0 to 10')
    .transform(Number)
    .default(0),
  SHUTDOWN_GRACE: duration(10_000, 0),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info'),
  CRASH_AT: z
    .string()
    .transform(readCrashAt)
    .refine((crashAt) => crashAt !== undefined, {
      error: `must be POINT:N or POINT:N:stop, where POINT is one of ${crashPoints.join(', ')}`,
    })
    .optional(),
})

/** The variables as they are in force. */
export type Variables = z.infer<typeof variables>
