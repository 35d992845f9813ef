import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { readConfiguration } from '../src/configuration.ts'
import {
  defaultValues,
  misspeltVariables,
  reportConfiguration,
  variableNames,
} from '../src/configuration-report.ts'

const report = (environment: Readonly<Record<string, string>>) =>
  reportConfiguration(environment, readConfiguration(environment)._unsafeUnwrap())

const settingOf = (environment: Readonly<Record<string, string>>, name: string) =>
  report(environment).find(({ variable }) => variable === name)

const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')

/** The rows of the page's first table: the variables of each, and its default. */
const rows = page
  .split('## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1),
  )
  .map(([names = '', fallback = '']) => ({
    names: [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name ?? ''),
    fallback,
  }))

test('Every variable is documented, and nothing else is, with the default that it has.', (t) => {
  t.deepEqual(rows?.flatMap(({ names }) => names).sort(), [...variableNames].sort())
  const defaults = defaultValues()
  for (const { names, fallback } of rows ?? []) {
    for (const name of names.filter((each) => each !== 'FAKE_LEDGER')) {
      const written = defaults[name]
      t.is(fallback.replaceAll('`', ''), written ?? '', `the default of ${name}`)
    }
  }
})

test('Where nothing is set, the defaults are reported, durations as one would write them.', (t) => {
  const settings = report({})
  t.deepEqual(
    settings.map(({ variable }) => variable),
    variableNames,
  )
  t.true(settings.every(({ isDefault }) => isDefault))
  const values = Object.fromEntries(settings.map(({ variable, value }) => [variable, value]))
  t.like(values, { PORT: '3000', AUTO_MIGRATE: '0', JWT_SECRET: null, GATEWAY_TIMEOUT: '5s' })
  t.like(values, { PAYMENT_DEADLINE: '180s', IDEMPOTENCY_TTL: '24h' })
})

test('What is set is reported as it is written; an empty variable counts as not set.', (t) => {
  t.deepEqual(settingOf({ GATEWAY_TIMEOUT: '0.5' }, 'GATEWAY_TIMEOUT'), {
    ...{ variable: 'GATEWAY_TIMEOUT', value: '0.5', isDefault: false },
  })
  t.true(settingOf({ GATEWAY_TIMEOUT: '' }, 'GATEWAY_TIMEOUT')?.isDefault)
  t.is(settingOf({ DATABASE_URL: 'sqlite:a/b.db' }, 'FAKE_LEDGER')?.value, 'a/fake-gateway.db')
})

const urls: Readonly<Record<string, string>> = {
  'postgres://ann:hush@db.example/x': 'postgres://ann:(hidden)@db.example/x',
  'postgres://ann:h%75sh@db.example/x': 'postgres://ann:(hidden)@db.example/x',
  'postgres://db.example/x?user=ann&password=hush':
    'postgres://db.example/x?user=ann&password=(hidden)',
  'postgres://ann:hush@/x?host=/run/postgresql': 'postgres://ann:(hidden)@/x?host=/run/postgresql',
  'postgres://ann:hush@%2Frun%2Fpg/x': 'postgres://ann:(hidden)@%2Frun%2Fpg/x',
  'postgres://ann@/x?host=/run/pg': 'postgres://ann@/x?host=/run/pg',
  'postgres://db.example/x?sslmode=require': 'postgres://db.example/x?sslmode=require',
  'sqlite:./a b.db': 'sqlite:./a b.db',
}

for (const [url, shown] of Object.entries(urls)) {
  test(`${url} is reported as ${shown}.`, (t) => {
    t.is(settingOf({ DATABASE_URL: url }, 'DATABASE_URL')?.value, shown)
  })
}

test('A secret is never reported.', (t) => {
  const secret = 'hush'.repeat(8)
  t.is(settingOf({ AUTH: 'jwt', JWT_SECRET: secret }, 'JWT_SECRET')?.value, '(hidden)')
  const jwksUrl = 'https://issuer.example/keys?token=hush'
  t.notRegex(JSON.stringify(report({ AUTH: 'jwt', JWKS_URL: jwksUrl })), /hush/)
})

const slips = ['RATELIMIT', 'rate_limit', 'DATABASE_URI', 'PAYMENT_DEADLINES', 'LOG_LEVLE']

test('A misspelt variable is noticed, with the one that was probably meant.', (t) => {
  for (const name of slips) {
    t.is(misspeltVariables({ [name]: '1' }).length, 1, name)
  }
  t.deepEqual(misspeltVariables({ RATELIMIT: '' }), [{ name: 'RATELIMIT', meant: 'RATE_LIMIT' }])
})

test('The variables of others are no misspellings of ours.', (t) => {
  const others = ['HOME', 'PATH', 'HOSTNAME', 'HOSTTYPE', 'SHLVL', 'NODE_ENV', 'LC_ALL', 'PGHOST']
  const known = Object.fromEntries([...others, ...variableNames].map((name) => [name, 'x']))
  t.deepEqual(misspeltVariables(known), [])
})
