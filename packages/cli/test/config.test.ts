import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { workplace } from './support.ts'

const secret = 'hush-hush-hush-hush-hush-hush-hush'

test('config shows what is in force and where it comes from; the environment has the last word', async (t) => {
  const { holdfast, folder } = workplace(t)
  writeFileSync(join(folder, '.env'), 'PORT=4000\nIDEMPOTENCY_TTL=7h\n')
  const { code, stdout } = await holdfast(['config', '--json'], { PORT: '5000' })
  t.is(code, 0)
  const settings = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ variable, ...rest }) => [variable, rest]),
  )
  t.deepEqual(settings['PORT'], { value: '5000', source: 'environment' })
  t.deepEqual(settings['IDEMPOTENCY_TTL'], { value: '7h', source: '.env' })
  t.deepEqual(settings['TRUST_PROXY'], { value: '0', source: 'default' })
  t.deepEqual(settings['JWT_SECRET'], { value: null, source: 'default' })
})

test('config shows no secret, neither of its own nor in a URL, whether for people or for programs', async (t) => {
  const { holdfast } = workplace(t)
  const environment = {
    ...{ AUTH: 'jwt', JWT_SECRET: secret, DATABASE_URL: 'postgres://ann:hush@db.example/shop' },
  }
  for (const args of [['config'], ['config', '--json']]) {
    const { code, stdout, stderr } = await holdfast(args, environment)
    t.is(code, 0)
    t.notRegex(stdout + stderr, /hush/)
    t.regex(stdout, /postgres:\/\/ann:\(hidden\)@db\.example\/shop/)
  }
})

test('config names what is wrong and ends with 78, as every command does', async (t) => {
  const { holdfast } = workplace(t)
  const { code, stderr } = await holdfast(['config'], { RATE_LIMIT: 'fast', TRUST_PROXY: 'yes' })
  t.is(code, 78)
  t.regex(stderr, /RATE_LIMIT must be a whole number.*TRUST_PROXY must be/s)
})

test('a reader that has seen enough ends a command without a complaint', async (t) => {
  const { folder } = workplace(t)
  const main = join(import.meta.dirname, '../src/main.ts')
  const command = `"${process.execPath}" "${main}" config --json | true`
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
  t.deepEqual([status, stderr], [0, ''])
})

test('a misspelt variable is pointed out with the one that was probably meant', async (t) => {
  const { holdfast } = workplace(t)
  const { code, stderr } = await holdfast(['config'], { RATELIMIT: '5' })
  t.is(code, 0)
  t.regex(stderr, /RATELIMIT means nothing to Holdfast. Is it RATE_LIMIT\?/)
})

test('a .env that cannot be read ends with 78: another database than expected would be worse', async (t) => {
  const { holdfast, folder } = workplace(t)
  mkdirSync(join(folder, '.env'))
  const { code, stderr } = await holdfast(['order', 'list'])
  t.is(code, 78)
  t.regex(stderr, /\.env cannot be read/)
})

test('a file that cannot be used ends with 78 and the variable that names it, whoever opens it', async (t) => {
  const { holdfast, folder } = workplace(t)
  await holdfast(['db', 'migrate'])
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'text'), 'This is no database. '.repeat(500))
  const gateway = ['gateway', 'serve', '--port', '0']
  for (const [variable, value, commands] of [
    ['FAKE_LEDGER', 'folder', [['serve'], gateway]],
    [
      'FAKE_LEDGER',
      'text',
      [['serve'], gateway, ['gateway', 'ledger'], ['payment', 'reconcile'], ['audit']],
    ],
    ['FAKE_LEDGER', 'text/ledger.db', [['serve'], gateway]],
    ['DATABASE_URL', 'sqlite:text/shop.db', [['serve'], ['order', 'list'], ['db', 'migrate']]],
  ] as const) {
    for (const args of commands) {
      const { code, stderr } = await holdfast(args, { [variable]: value })
      t.is(code, 78, `${value} ${args.join(' ')} ${stderr}`)
      t.regex(
        stderr,
        new RegExp(`^error ${variable} names \\S+, which cannot be used: .+\\.$`, 'm'),
      )
      t.notRegex(stderr, / at /)
    }
  }
})
