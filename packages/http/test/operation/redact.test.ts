import test from 'ava'
import { createRedact, errorForLog } from '../../src/operation/redact.ts'

const token = `eyJhbGciOiJIUzI1NiJ9.${'x'.repeat(20)}.${'y'.repeat(43)}`

const hidden: Readonly<Record<string, string>> = {
  'connect to postgres://ann:hush@db.example:5432/x failed': 'connect to [database url] failed',
  'at "postgresql:///x?host=/run&password=hush".': 'at "[database url]".',
  'connect to postgres://ann:hush@/x?host=/run/pg failed': 'connect to [database url] failed',
  'cannot open sqlite:/srv/hush.db': 'cannot open [database url]',
  'GET https://ann:hush@issuer.example/keys': 'GET https://[credentials]@issuer.example/keys',
  'Authorization: Basic hush': 'Authorization: Basic [token]',
  'got "Bearer 0123456789abcdef"': 'got "Bearer [token]"',
  [`JWS ${token} is invalid`]: 'JWS [token] is invalid',
  [`unsecured ${token.slice(0, 41)}.`]: 'unsecured [token]',
  'password=hush&user=ann': 'password=[hidden]&user=ann',
  '{"password":"hush","user":"ann"}': '{"password":"[hidden]","user":"ann"}',
  "secret: 'hush'": "secret: '[hidden]'",
  'x-api_key: hush': 'x-api_key: [hidden]',
}

for (const [text, expected] of Object.entries(hidden)) {
  test(`"${text.slice(0, 50)}" is written as "${expected}".`, (t) => {
    t.is(createRedact()(text), expected)
  })
}

const harmless = [
  'connect ECONNREFUSED 127.0.0.1:5432',
  'GET /order/{id} 200',
  'password authentication failed for user "ann"',
  'The bearer token is not valid.',
  '{"user":"eyjafjallajokull","code":"unauthenticated"}',
  'https://issuer.example/keys',
]

for (const text of harmless) {
  test(`"${text}" is written as it is.`, (t) => t.is(createRedact()(text), text))
}

test('A secret that is known is hidden wherever it stands, also as JSON writes it.', (t) => {
  const redact = createRedact(['hu"sh', 'hu"sh-hu"sh'])
  t.is(redact('a hu"sh b'), 'a [secret] b')
  t.is(redact(JSON.stringify({ message: 'hu"sh-hu"sh' })), '{"message":"[secret]"}')
})

test('A database URL that is known is hidden to its end, whatever its password holds.', (t) => {
  for (const url of ["postgres://ann:hu)'sh@db/x", 'postgres://db/x?user=ann&password=hu]`sh']) {
    const text = `connect to "${url}" failed`
    t.is(createRedact([url])(text), 'connect to "[secret]" failed')
  }
})

test('A secret that is also a common word does not spoil what it stands in.', (t) => {
  const redact = createRedact(['postgres'])
  t.is(redact('postgres://postgres:hush@db/x is away'), '[database url] is away')
})

test('A line of JSON stays one, whatever is hidden in it.', (t) => {
  const values = [...Object.keys(hidden), 'a\nb postgres://x\n', '\\', `${token}"`]
  const line = { password: [1], secret: { token: values }, values, token: 'hush' }
  t.notThrows(() => JSON.parse(createRedact(['hush'])(JSON.stringify(line))))
})

test('Of an error only name, message, code and stack are logged, and of its causes the same.', (t) => {
  const cause = Object.assign(new Error('no connection'), {
    ...{ code: 'ECONNREFUSED', connectionParameters: { password: 'hush' }, parameters: ['card'] },
  })
  const error = Object.assign(new TypeError('failed', { cause }), {
    query: 'insert',
    bindings: [1],
  })
  const logged = errorForLog(error)
  t.like(logged, { type: 'TypeError', message: 'failed' })
  t.deepEqual(Object.keys(logged), ['type', 'message', 'stack', 'cause'])
  t.like(logged.cause, { type: 'Error', message: 'no connection', code: 'ECONNREFUSED' })
  t.deepEqual(Object.keys(logged.cause ?? {}), ['type', 'message', 'code', 'stack'])
})

test('Errors of several attempts are all logged, and causes in a circle end.', (t) => {
  const several = new AggregateError([new Error('IPv6'), new Error('IPv4')], 'all failed')
  t.deepEqual(
    errorForLog(several).errors?.map(({ message }) => message),
    ['IPv6', 'IPv4'],
  )
  const circle = new Error('round')
  circle.cause = circle
  t.notThrows(() => JSON.stringify(errorForLog(circle)))
})

test('What is thrown and is no error is logged as text.', (t) => {
  t.deepEqual(errorForLog('just text'), { type: 'string', message: 'just text' })
})
