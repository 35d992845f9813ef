import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import test from 'ava'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'

const secret = 'thirty-two bytes or more, and known to the issuer only'
const claims = {
  sub: 'ann',
  iss: 'https://issuer.example',
  aud: 'holdfast',
  exp: Math.floor(Date.now() / 1000) + 600,
}
const api = await startOneService(
  {},
  { AUTH: 'jwt', JWT_SECRET: secret, JWT_ISSUER: claims.iss, JWT_AUDIENCE: claims.aud },
)
const { url } = api.service
const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 })

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Made without jose, which is under test: any header, any claims, any key. */
const token = (payload: unknown, header: object = {}, key = secret, hash = 'sha256'): string => {
  const signed = `${part({ alg: 'HS256', ...header })}.${part(payload)}`
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`
}

const rs256 = (header: object = {}): string => {
  const signed = `${part({ alg: 'RS256', ...header })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(signed), attacker.privateKey)
  return `${signed}.${signature.toString('base64url')}`
}

const without = (name: keyof typeof claims): object =>
  Object.fromEntries(Object.entries(claims).filter(([each]) => each !== name))

const good = token(claims)
const [header = '', payload = '', signature = ''] = good.split('.')
const none = (alg: string): string => `${part({ alg })}.${payload}.`
const last = (character: string): string => signature.slice(0, -2) + character.repeat(2)
const publicJwk = attacker.publicKey.export({ format: 'jwk' })
const attackersSecret = { kty: 'oct', k: part('attacker') }

const invalid: Readonly<Record<string, string>> = {
  'that is garbage': 'garbage',
  'that is a lone dot': '.',
  'of dots alone': '..',
  'of two segments': `${header}.${payload}`,
  'of four segments': `${good}.${signature}`,
  'of five segments': `${good}.${signature}.${signature}`,
  'whose header is not JSON': `${part('{')}.${payload}.${signature}`,
  'with the algorithm none and no signature': none('none'),
  'with the algorithm None and no signature': none('None'),
  'with the algorithm none and a signature': token(claims, { alg: 'none' }),
  'with an empty algorithm': token(claims, { alg: '' }),
  'without an algorithm': token(claims, { alg: undefined }),
  'with HS512 and the right secret': token(claims, { alg: 'HS512' }, secret, 'sha512'),
  'with HS384 and the right secret': token(claims, { alg: 'HS384' }, secret, 'sha384'),
  'with hs256 in lower case': token(claims, { alg: 'hs256' }),
  'with another secret': token(claims, {}, `${secret}.`),
  'with an empty secret': token(claims, {}, ''),
  'with RS256': rs256(),
  'without a signature': `${header}.${payload}.`,
  'with a truncated signature': good.slice(0, -4),
  'with another signature': `${header}.${payload}.${last('A') === signature ? last('B') : last('A')}`,
  'with a padded signature and a stray character': `${good}=!`,
  'whose payload was changed': `${header}.${part({ ...claims, sub: 'bob' })}.${signature}`,
  'whose header was changed': `${part({ alg: 'HS256', typ: 'x' })}.${payload}.${signature}`,
  'whose payload is not JSON': token('{'),
  'whose payload is a list': token([claims]),
  'whose payload is null': token(null),
  'that has expired': token({ ...claims, exp: claims.exp - 700 }),
  'that expires in 1970': token({ ...claims, exp: 0 }),
  'that expires before 1970': token({ ...claims, exp: -1 }),
  'that never expires': token(without('exp')),
  'that expires at null': token({ ...claims, exp: null }),
  'that expires at a text': token({ ...claims, exp: String(claims.exp) }),
  'that is not yet valid': token({ ...claims, nbf: claims.exp }),
  'whose nbf is a text': token({ ...claims, nbf: '0' }),
  'for nobody': token(without('sub')),
  'for an empty sub': token({ ...claims, sub: '' }),
  'for an object': token({ ...claims, sub: { id: 'ann' } }),
  'for an empty list': token({ ...claims, sub: [] }),
  'for cli': token({ ...claims, sub: 'cli' }),
  'for system': token({ ...claims, sub: 'system' }),
  'for a sub with NUL': token({ ...claims, sub: 'ann\0' }),
  'for a sub with a new line': token({ ...claims, sub: 'ann\n' }),
  'for a sub with a space': token({ ...claims, sub: 'ann bob' }),
  'for a sub that is not ASCII': token({ ...claims, sub: 'änn' }),
  'for a sub of 129 characters': token({ ...claims, sub: 'a'.repeat(129) }),
  'for a sub of 200 characters': token({ ...claims, sub: 'a'.repeat(200) }),
  'of another issuer': token({ ...claims, iss: 'https://attacker.example' }),
  'whose issuer only begins like ours': token({ ...claims, iss: `${claims.iss}.evil` }),
  'of no issuer': token(without('iss')),
  'for another audience': token({ ...claims, aud: 'elsewhere' }),
  'for an audience list without ours': token({ ...claims, aud: ['elsewhere', 'holdfast2'] }),
  'for an empty audience list': token({ ...claims, aud: [] }),
  'for no audience': token(without('aud')),
  'with an unknown critical header': token(claims, { crit: ['x'], x: 1 }),
  'with a critical header that is missing': token(claims, { crit: ['exp'] }),
  'with an empty list of critical headers': token(claims, { crit: [] }),
  'with an unencoded payload': token(claims, { crit: ['b64'], b64: false }),
  "with an attacker's public key in it": rs256({ jwk: publicJwk }),
  "with an attacker's secret in it": token(claims, { jwk: attackersSecret }, 'attacker'),
  "with the URL of an attacker's keys": rs256({ jku: 'http://127.0.0.1:1/jwks', kid: 'a' }),
  'whose kid leads to an empty file': token(claims, { kid: '../../../../dev/null' }, ''),
  'whose kid is SQL': token(claims, { kid: "' union select 'attacker" }, 'attacker'),
  'of 8,000 characters': 'a.'.repeat(4000),
}

const missing: Readonly<Record<string, readonly string[]>> = {
  'no header': [],
  'an empty header': ['Authorization:'],
  'a scheme alone': ['Authorization: Bearer'],
  'a scheme and a space': ['Authorization: Bearer '],
  'a token without a scheme': [`Authorization: ${good}`],
  'the scheme Basic': [`Authorization: Basic ${good}`],
  'a password': ['Authorization: Basic YW5uOmFubg=='],
  'the scheme BearerX': [`Authorization: BearerX ${good}`],
  'a tab behind the scheme': [`Authorization: Bearer\t${good}`],
  'a token and more': [`Authorization: Bearer ${good} ${good}`],
  'a list of tokens': [`Authorization: Bearer ${good}, Bearer ${good}`],
  'a token in a cookie': [`Cookie: access_token=${good}`],
  'a token for the proxy': [`Proxy-Authorization: Bearer ${good}`],
  'the headers of AUTH=local': ['X-User-Id: ann', 'X-User-Role: admin'],
}

const ask = (head: readonly string[], path = '/order') =>
  sendRaw(url, { path, head: ['Host: localhost', ...head] })

const invalidAnswer = (await ask(['Authorization: Bearer garbage'])).text
const missingAnswer = (await ask([])).text

/** RFC 7519, 4.1.2: a sub is a text. jose does not look, and a pattern takes these for the texts that they print as. */
const unlikelyUsers = [1, null, true, ['ann'], ['cli'], [['system']]]

for (const sub of unlikelyUsers) {
  test(`A token whose sub is ${JSON.stringify(sub)} is refused with 401.`, async (t) => {
    const answer = await ask([`Authorization: Bearer ${token({ ...claims, sub })}`])
    isProblem(t, answer, { code: 'unauthenticated', path: '/order' })
  })
}

for (const [what, bad] of Object.entries(invalid)) {
  test(`A token ${what} is refused with 401, in the same words as every other.`, async (t) => {
    const answer = await ask([`Authorization: Bearer ${bad}`])
    isProblem(t, answer, { code: 'unauthenticated', path: '/order' }, what)
    t.is(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
    t.is(answer.text, invalidAnswer)
  })
}

for (const [what, head] of Object.entries(missing)) {
  test(`A request with ${what} is refused with 401, since it has no bearer token.`, async (t) => {
    const answer = await ask(head)
    isProblem(t, answer, { code: 'unauthenticated', path: '/order' }, what)
    t.is(answer.headers.get('www-authenticate'), 'Bearer')
    t.is(answer.text, missingAnswer)
  })
}

for (const name of ['access_token', 'token', 'authorization', 'jwt']) {
  test(`A token in the query as ${name} counts for nothing.`, async (t) => {
    const answer = await ask([], `/order?${name}=${good}`)
    isProblem(t, answer, { code: 'unauthenticated', path: '/order' })
    t.is(answer.text, missingAnswer)
  })
}

const accepted: Readonly<Record<string, string>> = {
  'as it should be': `Bearer ${good}`,
  'with the scheme in lower case': `bearer ${good}`,
  'with the scheme in upper case': `BEARER ${good}`,
  'behind two spaces': `Bearer  ${good}`,
  'with our audience in a list': `Bearer ${token({ ...claims, aud: ['x', 'holdfast'] })}`,
  'that has been valid for a while': `Bearer ${token({ ...claims, nbf: claims.exp - 900 })}`,
  'for a sub of 128 characters': `Bearer ${token({ ...claims, sub: 'a'.repeat(128) })}`,
  'for an address of mail': `Bearer ${token({ ...claims, sub: 'ann.lee+x@example.com' })}`,
  'for a sub with a bar': `Bearer ${token({ ...claims, sub: 'auth0|5f7c8ec7c33c6c004bbafe82' })}`,
  'with a type and a kid': `Bearer ${token(claims, { typ: 'JWT', kid: '2026-01' })}`,
}

for (const [what, authorization] of Object.entries(accepted)) {
  test(`A token ${what} is accepted.`, async (t) => {
    const answer = await ask([`Authorization: ${authorization}`])
    t.is(answer.status, 200, answer.text)
  })
}

test.after.always(api.stop)
