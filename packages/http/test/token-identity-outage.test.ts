import type { RequestListener } from 'node:http'
import test from 'ava'
import { listen, rsa, stranger, token, trusting } from './published-keys.ts'
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
  test(`Where the server of the keys ${what}, a token is refused within 6 s, until it is well.`, async (t) => {
    let well = false
    const url = await listen(t, (request, response) => {
      if (!well) return fault(request, response)
      response.end(JSON.stringify({ keys: [rsa.jwk] }))
    })
    const answerTo = await trusting(t, url)
    const bearer = await token(rsa)
    const began = performance.now()
    t.deepEqual(await Promise.all([answerTo(bearer), answerTo(bearer)]), [401, 401])
    t.true(performance.now() - began < 6000)
    well = true
    t.is(await answerTo(bearer), 200)
  })
}

// Nobody who asks could tell this 401 from that of a bad token: the log has to.
test('That the keys cannot be had is a warning in the log, with the cause; a bad token is none.', async (t) => {
  let well = false
  const url = await listen(t, (_, response) => {
    response.statusCode = well ? 200 : 500
    response.end(JSON.stringify({ keys: [rsa.jwk] }))
  })
  const api = await startLoggedService({}, { AUTH: 'jwt', JWKS_URL: url })
  t.teardown(api.stop)
  const lineFor = async (bearer: string) => {
    const headers = { Authorization: `Bearer ${bearer}` }
    const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
    t.is(answer.status, 401)
    return api.logged(answer.headers.get('x-request-id'))
  }
  const away = await lineFor(await token(rsa))
  t.is(away['level'], 40)
  t.like(away['err'], { message: 'The keys at JWKS_URL cannot be had' })
  t.regex(away['err'].cause.message, /200/)
  well = true
  const bad = [await token(stranger), await token(stranger, { kid: 'rsa' }), 'garbage']
  for (const line of await Promise.all(bad.map(lineFor))) {
    t.deepEqual([line['level'], line['err']], [30, undefined])
  }
})

test('Where no server of the keys listens, a token is refused at once.', async (t) => {
  const answerTo = await trusting(t, 'http://127.0.0.1:1/jwks')
  const began = performance.now()
  t.is(await answerTo(await token(rsa)), 401)
  t.true(performance.now() - began < 4500) // It is not the time-out of 5 s that ends it.
})
