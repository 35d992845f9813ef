import test from 'ava'
import { type Configuration, readConfiguration } from '../src/configuration.ts'
import { variableNames } from '../src/configuration-report.ts'

type Environment = Readonly<Record<string, string | undefined>>
const secret = 's'.repeat(32)
const jwt = { AUTH: 'jwt', JWT_SECRET: secret }
const published = { AUTH: 'jwt', JWKS_URL: 'https://issuer.example/jwks' }
const claims = { issuer: undefined, audience: undefined, leewayMs: 30_000 }
const DAY_MS = 86_400_000

const defaults: Configuration = {
  host: '127.0.0.1',
  port: 3000,
  database: { kind: 'sqlite', file: './data/holdfast.db' },
  autoMigrate: false,
  auth: { kind: 'local' },
  corsOrigins: [],
  gatewayUrl: undefined,
  gatewaySecret: undefined,
  gatewayTimeoutMs: 5000,
  fakeLedgerFile: 'data/fake-gateway.db',
  paymentDeadlineMs: 180_000,
  ...{ orderTtlMs: DAY_MS, duplicateWindowMs: 300_000, unpaidOrders: 20, idempotencyTtlMs: DAY_MS },
  rateLimit: 50,
  trustedProxies: 0,
  shutdownGraceMs: 10_000,
  logLevel: 'info',
  crashAt: undefined,
}

const shown = (environment: Environment): string =>
  Object.entries(environment)
    .map(([name, value]) => `${name}=${JSON.stringify(value).slice(0, 60)}`)
    .join(' ')

test('Where nothing is set, the defaults are in force.', (t) => {
  t.deepEqual(readConfiguration({})._unsafeUnwrap(), defaults)
})

for (const name of variableNames) {
  test(`An empty ${name} counts as not set, and so does one that is undefined.`, (t) => {
    t.deepEqual(readConfiguration({ [name]: '' })._unsafeUnwrap(), defaults)
    t.deepEqual(readConfiguration({ [name]: undefined })._unsafeUnwrap(), defaults)
  })
}

test('Variables of others are left alone.', (t) => {
  t.deepEqual(readConfiguration({ PATH: '/bin', port: 'x' })._unsafeUnwrap(), defaults)
})

const sqlite = (file: string, fakeLedgerFile: string): Partial<Configuration> => ({
  database: { kind: 'sqlite', file },
  fakeLedgerFile,
})
const postgres = (written: string, url = written): [Environment, Partial<Configuration>] => [
  { DATABASE_URL: written },
  { database: { kind: 'postgres', url }, fakeLedgerFile: 'data/fake-gateway.db' },
]
const durations = (
  variable: string,
  name: keyof Configuration,
  written: Readonly<Record<string, number>>,
): [Environment, Partial<Configuration>][] =>
  Object.entries(written).map(([text, ms]) => [{ [variable]: text }, { [name]: ms }])

const jwtAuth = (environment: Environment, keys: object, more = {}): typeof allowed => [
  [environment, { auth: { kind: 'jwt', keys, ...claims, ...more } as Configuration['auth'] }],
]

const allowed: [Environment, Partial<Configuration>][] = []
allowed.push(
  ...['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', 'localhost', 'LocalHost'].map(
    (host): (typeof allowed)[number] => [{ HOST: host }, { host }],
  ),
  ...['0.0.0.0', '::', '192.168.1.7', 'shop.example'].map((host): (typeof allowed)[number] => [
    { ...jwt, HOST: host },
    { host, auth: { kind: 'jwt', keys: { secret }, ...claims } },
  ]),
  [{ PORT: '0' }, { port: 0 }],
  [{ PORT: '08080' }, { port: 8080 }],
  [{ PORT: '65535' }, { port: 65_535 }],
  [{ DATABASE_URL: 'sqlite:shop.db' }, sqlite('shop.db', 'fake-gateway.db')],
  [{ DATABASE_URL: 'sqlite:./a/shop.db' }, sqlite('./a/shop.db', 'a/fake-gateway.db')],
  [{ DATABASE_URL: 'sqlite:../shop.db' }, sqlite('../shop.db', '../fake-gateway.db')],
  [{ DATABASE_URL: 'sqlite:/var/shop.db' }, sqlite('/var/shop.db', '/var/fake-gateway.db')],
  [{ DATABASE_URL: 'sqlite:///var/shop.db' }, sqlite('/var/shop.db', '/var/fake-gateway.db')],
  postgres('postgres://shop'),
  postgres('postgresql://shop/orders'),
  postgres('postgres://ann:pass%20word@shop.example:5433/orders?sslmode=require'),
  postgres('postgres:///orders?host=/run/postgresql'),
  postgres('postgres://ann@/orders?host=/run/pg', 'postgres://ann@localhost/orders?host=/run/pg'),
  postgres('postgres://ann:pass@%2Frun%2Fpostgresql:5433/orders'),
  [{ FAKE_LEDGER: '/srv/ledger.db' }, { fakeLedgerFile: '/srv/ledger.db' }],
  [{ AUTO_MIGRATE: '0' }, { autoMigrate: false }],
  [{ AUTO_MIGRATE: '1' }, { autoMigrate: true }],
  [{ AUTH: 'local' }, {}],
  [{ JWT_SECRET: secret, JWKS_URL: published.JWKS_URL }, {}], // Of no use with AUTH=local.
  ...jwtAuth(jwt, { secret }),
  ...jwtAuth({ ...jwt, JWKS_URL: '' }, { secret }),
  ...jwtAuth({ ...jwt, JWT_SECRET: 'é'.repeat(16) }, { secret: 'é'.repeat(16) }),
  ...jwtAuth({ ...jwt, JWT_SECRET: '🔑'.repeat(8) }, { secret: '🔑'.repeat(8) }),
  ...jwtAuth(published, { jwksUrl: published.JWKS_URL }),
  ...jwtAuth({ AUTH: 'jwt', JWKS_URL: 'http://k:8/j' }, { jwksUrl: 'http://k:8/j' }),
  ...jwtAuth({ ...jwt, JWT_ISSUER: 'i', JWT_AUDIENCE: '' }, { secret }, { issuer: 'i' }),
  ...jwtAuth({ ...jwt, JWT_AUDIENCE: 'a' }, { secret }, { audience: 'a' }),
  ...durations('GATEWAY_TIMEOUT', 'gatewayTimeoutMs', {
    ...{ '1ms': 1, '500ms': 500, '2': 2000, '1.5s': 1500, '0.5': 500, '3m': 180_000 },
    ...{ '24h': DAY_MS, '1d': DAY_MS, '3650d': 3650 * DAY_MS, '0001s': 1000 },
  }),
  ...durations('PAYMENT_DEADLINE', 'paymentDeadlineMs', { '90': 90_000, '1ms': 1 }),
  ...durations('DUPLICATE_WINDOW', 'duplicateWindowMs', { '0': 0, '10m': 600_000 }),
  ...durations('ORDER_TTL', 'orderTtlMs', { '0': 0, '48h': 2 * DAY_MS }),
  ...durations('IDEMPOTENCY_TTL', 'idempotencyTtlMs', { '1': 1000, '1000ms': 1000 }),
  ...durations('SHUTDOWN_GRACE', 'shutdownGraceMs', { '0': 0, '0ms': 0, '1m': 60_000 }),
  ...['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map(
    (logLevel): (typeof allowed)[number] => [{ LOG_LEVEL: logLevel }, { logLevel }],
  ),
)

for (const [environment, expected] of allowed) {
  test(`${shown(environment)} is allowed, and changes nothing else.`, (t) => {
    t.deepEqual(readConfiguration(environment)._unsafeUnwrap(), { ...defaults, ...expected })
  })
}

type Refused = Readonly<{ variable: string; says: RegExp; values: readonly string[] }> &
  Readonly<{ beside?: Environment }>

const unclear = ['soon', '-1s', '1 s', ' 1s', '1s ', '1e3', '1,5s', '1w', '5S', 's', '.5s', '1s\n']
const beyond = ['3651d', '9'.repeat(400)]
const exampleDurations = /500ms, 180s, 3m, 24h/
const range = /from 1ms to ten years/
const addresses = ['0.0.0.0', '::', '192.168.1.7', '10.0.0.1', '128.0.0.1', 'shop.example']
const lookalikes = ['localhost.evil.example', '127.0.0.1.evil.example', 'xlocalhost', '::2', '*']
const ports = ['eighty', '65536', '99999', '100000', '-1', '1.5', '0x50', '1e3', ' 80', '80\n', '٣']
const databases = ['shop.db', 'mysql://x', 'sqlite:', 'SQLITE:x', 'postgres:x', 'postgres://', ' ']
const memory = ['sqlite::memory:', 'sqlite://:memory:', 'sqlite:file::memory:?cache=shared']
const sets = ['keys', '/jwks', 'ftp://issuer.example/jwks', 'file:///etc/passwd', 'https://']
const loaded = ['https://ann:hush@issuer.example/jwks', 'http://ann@issuer.example/jwks']
const refused: readonly Refused[] = [
  { variable: 'HOST', says: /127\.0\.0\.1.*AUTH=jwt/, values: [...addresses, ...lookalikes, ' '] },
  { variable: 'PORT', says: /from 0 to 65535/, values: ports },
  { variable: 'DATABASE_URL', says: /sqlite:.*postgres:/, values: databases },
  { variable: 'DATABASE_URL', says: /must name a file/, values: memory },
  { variable: 'AUTO_MIGRATE', says: /0 or 1/, values: ['true', 'yes', '2', ' 1', '01'] },
  { variable: 'AUTH', says: /local or jwt/, values: ['none', 'JWT', 'local ', 'local,jwt'] },
  {
    variable: 'JWT_SECRET',
    says: /32 bytes or more/,
    values: ['s', 's'.repeat(31), `${'é'.repeat(15)}s`, '🔑'.repeat(7)],
    beside: { AUTH: 'jwt' },
  },
  { variable: 'JWKS_URL', says: /https?:\/\//, values: sets, beside: { AUTH: 'jwt' } },
  { variable: 'JWKS_URL', says: /no user or password/, values: loaded, beside: { AUTH: 'jwt' } },
  { variable: 'GATEWAY_TIMEOUT', says: exampleDurations, values: unclear },
  { variable: 'GATEWAY_TIMEOUT', says: range, values: ['0', '0.1ms', ...beyond] },
  { variable: 'PAYMENT_DEADLINE', says: exampleDurations, values: unclear },
  { variable: 'PAYMENT_DEADLINE', says: range, values: ['0', '0.1ms', ...beyond] },
  { variable: 'IDEMPOTENCY_TTL', says: exampleDurations, values: unclear },
  { variable: 'IDEMPOTENCY_TTL', says: /from 1000ms/, values: ['0', '999ms', ...beyond] },
  { variable: 'SHUTDOWN_GRACE', says: exampleDurations, values: unclear },
  { variable: 'SHUTDOWN_GRACE', says: /from 0s to ten years/, values: beyond },
  { variable: 'LOG_LEVEL', says: /fatal.*silent/, values: ['verbose', 'INFO', '30', 'warning'] },
]

for (const { variable, says, values, beside = {} } of refused) {
  for (const value of values) {
    test(`${shown({ [variable]: value })} is refused with ${says}, and ${variable} named.`, (t) => {
      const errors = readConfiguration({ ...beside, [variable]: value })._unsafeUnwrapErr()
      t.deepEqual(
        errors.map((error) => error.variable),
        [variable],
      )
      t.regex(errors[0]?.detail ?? '', says)
    })
  }
}

for (const keys of [{}, { JWT_SECRET: secret, JWKS_URL: published.JWKS_URL }]) {
  test(`AUTH=jwt with ${Object.keys(keys).join(' and ') || 'no keys'} names both variables.`, (t) => {
    const [error] = readConfiguration({ AUTH: 'jwt', ...keys })._unsafeUnwrapErr()
    t.regex(`${error?.variable} ${error?.detail}`, /JWT_SECRET.*JWKS_URL.*not both/)
    t.notRegex(JSON.stringify(error), /ssss/)
  })
}

test('All wrong variables are named at once, and no secret is repeated.', (t) => {
  const wrong = { PORT: 'x', AUTH: 'x', DATABASE_URL: 'mysql://a:hush@b', JWT_SECRET: 'hush' }
  const errors = readConfiguration(wrong)._unsafeUnwrapErr()
  t.deepEqual(errors.map(({ variable }) => variable).sort(), Object.keys(wrong).sort())
  t.notRegex(JSON.stringify(errors), /hush/)
})

const unusable = ['HOST=[::1]', 'HOST=127.999.0.1', 'DATABASE_URL=sqlite://data/shop.db']
for (const [name = '', value] of unusable.map((each) => each.split('='))) {
  test(`${name}=${value}, of which nothing good can come, is refused.`, (t) => {
    t.true(readConfiguration({ [name]: value }).isErr())
  })
}
