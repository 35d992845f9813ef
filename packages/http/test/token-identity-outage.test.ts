import type { RequestListener } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { handClock } from './one-service.ts'
import { elliptic, listen, publish, rsa, stranger, token, trusting } from './published-keys.ts'
import { startLoggedService } from './support.ts'

const broken: Readonly<Record<string, RequestListener>> = {
  'resets the connection': (request) => request.socket.destroy(),
  'never answers': () => undefined,
  'never ends its answer': (_, response) => response.write('{"keys":['),
  'answers 500': (_, response) => response.writeHead(500).end('{}'),
  'answers with a page': (_, response) => response.end('<html>'),
  'answers with another JSON': (_, response) => response.end('{"keys":{}}'),
  'answers with null': (_, response) => response.end('null'),
  'redirects to itself': (request, response) =>
    response.writeHead(302, { Location: request.url ?? '/' }).end(),
}

for (const [what, fault] of Object.entries(broken)) {
  test(`Where the server of the keys ${what}, a token cannot be checked (503), until it is well.`, async (t) => {
    let well = false
    const url = await listen(t, (request, response) => {
      if (!well) return fault(request, response)
      response.end(JSON.stringify({ keys: [rsa.jwk] }))
    })
    const clock = handClock(Date.now())
    const answerTo = await trusting(t, url, clock)
    const bearer = await token(rsa)
    t.deepEqual(await Promise.all([answerTo(bearer), answerTo(bearer)]), [503, 503])
    well = true
    t.is(await answerTo(bearer), 503, 'it is not asked without a pause')
    clock.forward(1000)
    t.is(await answerTo(bearer), 200)
  })
}

test('That the keys cannot be fetched is a warning in the log, with the cause; a bad token is none.', async (t) => {
  let well = false
  const url = await listen(t, (_, response) => {
    response.statusCode = well ? 200 : 500
    response.end(JSON.stringify({ keys: [rsa.jwk] }))
  })
  const clock = handClock(Date.now())
  const api = await startLoggedService({ clock }, { AUTH: 'jwt', JWKS_URL: url })
  t.teardown(api.stop)
  const lineFor = async (bearer: string, status: number) => {
    const headers = { Authorization: `Bearer ${bearer}` }
    const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
    t.is(answer.status, status)
    return api.logged(answer.headers.get('x-request-id'))
  }
  const away = await lineFor(await token(rsa), 503)
  t.like(away, { level: 40, code: 'keys_unavailable' })
  t.like(away['err'], { message: 'The keys at JWKS_URL cannot be fetched' })
  t.regex(away['err'].cause.message, /200/)
  const said = () => api.lines().filter(({ msg }) => /^The keys at JWKS_URL/.test(msg))
  t.is(said().length, 1)
  well = true
  clock.forward(1000)
  const bad = [await token(stranger), await token(stranger, { kid: 'rsa' }), 'garbage']
  for (const line of await Promise.all(bad.map((bearer) => lineFor(bearer, 401)))) {
    t.deepEqual([line['level'], line['err']], [30, undefined])
  }
  t.like(said()[1], { level: 30, msg: 'The keys at JWKS_URL can be fetched again' })
})

test('Where no server of the keys listens, garbage is still refused (401), and a token cannot be checked (503).', async (t) => {
  const answerTo = await trusting(t, 'http://127.0.0.1:1/jwks')
  t.is(await answerTo(await token(rsa)), 503)
  t.is(await answerTo('garbage'), 401)
  t.is(await answerTo(await token({ ...rsa, alg: 'HS256', privateKey: new Uint8Array(32) })), 401)
})

const HOUR = 3_600_000

/** Ann's token, as long as a test runs. */
const lasting = (...[key, header]: Parameters<typeof token>) => token(key, header, '48h')

test('While the keys cannot be fetched the last good ones go on for a day, and an unknown one is told from a bad one.', async (t) => {
  const { answerTo, published, clock } = await publish(t, rsa.jwk)
  const [known, unknown] = [await lasting(rsa), await lasting(elliptic)]
  t.is(await answerTo(known), 200)
  published.isAway = true
  for (let hours = 0; hours < 23; hours += 1) {
    clock.forward(HOUR)
    t.is(await answerTo(known), 200, `${hours}`)
    t.is(await answerTo(unknown), 503, `${hours}`)
    t.is(await answerTo(await lasting(stranger, { kid: 'rsa' })), 401, 'its signature is wrong')
  }
  clock.forward(HOUR)
  t.is(await answerTo(known), 503)
  published.isAway = false
  published.keys = [elliptic.jwk]
  clock.forward(30_000)
  t.is(await answerTo(unknown), 200)
  t.is(await answerTo(known), 401)
})

test('Made-up keys neither keep known ones out nor flood a server of the keys that is down.', async (t) => {
  const { answerTo, published, clock } = await publish(t, rsa.jwk)
  const known = await lasting(rsa)
  t.is(await answerTo(known), 200)
  published.isAway = true
  published.asked = 0
  for (let second = 0; second < 600; second += 1) {
    clock.forward(1000)
    t.is(await answerTo(await token(stranger, { kid: `made-up-${second}` })), 503)
    if (second % 60 === 0) t.is(await answerTo(known), 200)
  }
  // After 1, 2, 4, 8 and 16 seconds, and then every half minute.
  t.true(published.asked >= 20 && published.asked <= 26, `${published.asked} times in ten minutes`)
})

test('A server of the keys that hangs keeps nobody waiting whose key is known, once that has been noticed.', async (t) => {
  let hangs = false
  const waiting: (() => void)[] = []
  const url = await listen(t, (_, response) => {
    const answer = () => response.end(JSON.stringify({ keys: [rsa.jwk] }))
    if (hangs) waiting.push(() => response.destroy())
    else answer()
  })
  const clock = handClock(Date.now())
  const answerTo = await trusting(t, url, clock)
  const known = await lasting(rsa)
  t.is(await answerTo(known), 200)
  hangs = true
  clock.forward(HOUR)
  const first = answerTo(known)
  while (waiting.length === 0) await setImmediate()
  waiting[0]?.()
  t.is(await first, 200)
  clock.forward(HOUR)
  t.is(await answerTo(known), 200)
  while (waiting.length < 2) await setImmediate()
  t.is(await answerTo(known), 200, 'the second question is still open')
})

test('Readiness and metrics say whether the keys can be fetched, look again in time, and the service stays ready.', async (t) => {
  const { answerTo, published, clock, api } = await publish(t, rsa.jwk)
  const state = async () => {
    const { status, body } = await api.ask('GET', '/readyz', undefined, { user: '' })
    const { text } = await api.ask('GET', '/metrics', undefined, { user: '' })
    return [status, body.keys, /^holdfast_keys_available (.)/m.exec(text)?.[1]]
  }
  published.isAway = true
  t.is(await answerTo(await token(rsa)), 503)
  t.deepEqual(await state(), [200, 'down', '0'])
  published.isAway = false
  clock.forward(1000)
  while ((await state())[1] !== 'up') await setImmediate()
  t.is(published.asked, 2)
})

test('A clock that is set back makes the keys be looked at, and not be given up.', async (t) => {
  const { answerTo, published, clock } = await publish(t, rsa.jwk)
  const known = await lasting(rsa)
  t.is(await answerTo(known), 200)
  clock.forward(-HOUR)
  t.is(await answerTo(known), 200)
  t.is(published.asked, 2)
  published.isAway = true
  clock.forward(-HOUR)
  t.is(await answerTo(known), 200)
  t.is(published.asked, 3)
  published.isAway = false
  clock.forward(-HOUR)
  t.is(await answerTo(await token(elliptic)), 401, 'it has been looked for')
})

test('A wrong JWKS_URL shows in readiness before anybody has sent a token.', async (t) => {
  const url = await listen(t, (_, response) => response.writeHead(404).end())
  const api = await startLoggedService({}, { AUTH: 'jwt', JWKS_URL: url })
  t.teardown(api.stop)
  const keys = async () => (await api.ask('GET', '/readyz', undefined, { user: '' })).body.keys
  await keys() // The first look begins here.
  while ((await keys()) !== 'down') await setImmediate()
  t.pass()
})
