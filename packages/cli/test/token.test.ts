import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { jwtVerify } from 'jose'
import { type Ended, type Workplace, workplace } from './support.ts'

const secret = 'thirty-two bytes or more, and known to this test only'
const environment = { AUTH: 'jwt', JWT_SECRET: secret }
const issue = (place: Workplace, args: readonly string[], more: Record<string, string> = {}) =>
  place.holdfast(['token', 'issue', ...args], { ...environment, ...more })

const claimsOf = async (token: string) =>
  (await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] })).payload

/** The token alone is what a command has written; it and the secret are nowhere else. */
const onlyToken = (t: ExecutionContext, { code, stdout, stderr }: Ended): string => {
  t.deepEqual([code, stderr], [0, ''])
  t.regex(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  return stdout.trim()
}

const refuses = (t: ExecutionContext, ended: Ended, code: number, says: RegExp): void => {
  t.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr)
  t.regex(ended.stderr, says)
  t.notRegex(ended.stderr, /\n +at |node_modules/)
  t.false(ended.stderr.includes(secret))
}

test('A token names its user, is signed with JWT_SECRET and is valid for an hour.', async (t) => {
  const place = workplace(t)
  const claims = await claimsOf(onlyToken(t, await issue(place, ['--user', 'ann'])))
  t.deepEqual(Object.keys(claims).sort(), ['exp', 'iat', 'sub'])
  t.is(claims.sub, 'ann')
  t.true(Math.abs((claims.exp ?? 0) - Date.now() / 1000 - 3600) < 10)
})

test('A token carries the role, the lifetime, the issuer and the audience that are asked for.', async (t) => {
  const place = workplace(t)
  const args = ['--user', 'root', '--admin', '--ttl', '15m', '--json']
  const ended = await issue(place, args, { JWT_ISSUER: 'us', JWT_AUDIENCE: 'holdfast' })
  t.deepEqual([ended.code, ended.stderr], [0, ''])
  const { token, expiresAt, ...rest } = JSON.parse(ended.stdout)
  t.deepEqual(rest, {})
  const claims = await claimsOf(token)
  t.like(claims, { sub: 'root', roles: ['admin'], iss: 'us', aud: 'holdfast' })
  t.is(Date.parse(expiresAt), (claims.exp ?? 0) * 1000)
  t.true(Math.abs((claims.exp ?? 0) - Date.now() / 1000 - 900) < 10)
})

const withoutSecret: Readonly<Record<string, Record<string, string>>> = {
  'no AUTH': { AUTH: '' },
  'AUTH=local': { AUTH: 'local' },
  'no JWT_SECRET': { JWT_SECRET: '' },
  'JWKS_URL instead of JWT_SECRET': { JWT_SECRET: '', JWKS_URL: 'http://127.0.0.1:1/jwks' },
  'both JWKS_URL and JWT_SECRET': { JWKS_URL: 'http://127.0.0.1:1/jwks' },
  'a JWT_SECRET of 31 bytes': { JWT_SECRET: secret.slice(0, 31) },
}

test('With another configuration than AUTH=jwt and JWT_SECRET no token is issued: exit 78.', async (t) => {
  const place = workplace(t)
  for (const more of Object.values(withoutSecret)) {
    const ended = await issue(place, ['--user', 'ann'], more)
    refuses(t, ended, 78, /JWT_SECRET/)
    t.false(ended.stderr.includes(secret.slice(0, 31)))
  }
})

test('A lifetime that is none, and a missing user, are wrong usage: exit 2.', async (t) => {
  const place = workplace(t)
  for (const ttl of ['soon', '0', '-5', '500ms', '']) {
    refuses(t, await issue(place, ['--user', 'ann', '--ttl', ttl]), 2, /second to ten years.*15m/)
  }
  refuses(t, await issue(place, []), 2, /--user/)
  refuses(t, await issue(place, ['--user']), 2, /--user/)
})

test('A lifetime beyond what a date can hold is wrong usage, not a bug.', async (t) => {
  const ended = await issue(workplace(t), ['--user', 'ann', '--ttl', '9999999999d'])
  refuses(t, ended, 2, /ttl/)
})

test('No token is issued for a user that no server believes: exit 2.', async (t) => {
  const place = workplace(t)
  for (const name of ['cli', 'system', '', 'ann bob', 'änn', 'a'.repeat(129)]) {
    refuses(t, await issue(place, ['--user', name]), 2, /--user cannot be/)
  }
})

test('A server with the same environment believes its tokens on every address, and logs neither.', async (t) => {
  const place = workplace(t)
  const settings = {
    ...environment,
    ...{ HOST: '0.0.0.0', LOG_LEVEL: 'trace', JWT_ISSUER: 'us', JWT_AUDIENCE: 'holdfast' },
    JWT_LEEWAY: '0',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(join(place.folder, '.env'), lines.join(''))
  const issued = async (...args: string[]) =>
    onlyToken(t, await place.holdfast(['token', 'issue', ...args]))
  const ann = await issued('--user', 'ann')
  const admin = await issued('--user', 'root', '--admin')
  const short = await issued('--user', 'ann', '--ttl', '1s')
  const foreign = onlyToken(t, await issue(place, ['--user', 'ann'], { JWT_ISSUER: 'them' }))

  const server = await place.serve()
  const base = server.url.replace('0.0.0.0', '127.0.0.1')
  t.regex(server.url, /^http:\/\/0\.0\.0\.0:\d+$/)
  const ask = async (path: string, token: string, body?: unknown) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return (await fetch(base + path, { headers, ...sent })).status
  }
  const product = { sku: 'MUG', name: 'Mug', price: { amountMinor: 1, currency: 'EUR' } }
  t.is(await ask('/order', ann), 200)
  t.is(await ask('/product', ann, product), 403)
  t.is(await ask('/product', admin, product), 201)
  t.is(await ask('/order', foreign), 401)
  t.is(await ask(`/order?access_token=${ann}`, ''), 401)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  t.is(await ask('/order', short), 401)
  t.is(await server.end('SIGTERM'), 0)
  for (const hidden of [secret, ann, admin, short, foreign]) {
    t.false(server.said().includes(hidden))
    t.false(server.said().includes(hidden.split('.')[2] ?? hidden))
  }
})

test('A server that would believe anybody on every address does not start: exit 78.', async (t) => {
  const { holdfast } = workplace(t)
  const local = await holdfast(['serve'], { HOST: '0.0.0.0', JWT_SECRET: secret })
  refuses(t, local, 78, /HOST must be a loopback address.*AUTH=jwt/)
  const keyless = await holdfast(['serve'], { HOST: '0.0.0.0', AUTH: 'jwt' })
  refuses(t, keyless, 78, /JWT_SECRET or JWKS_URL must be set/)
})
