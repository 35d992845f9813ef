import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { isProblem } from './problem-checks.ts'
import { startLoggedService } from './support.ts'

type Pair = Readonly<{ alg: string; kid: string; privateKey: CryptoKey; jwk: JWK; spki: string }>

const pair = async (alg: string, kid: string): Promise<Pair> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { alg, kid, privateKey, jwk, spki: await exportSPKI(publicKey) }
}

const rsa = await pair('RS256', 'rsa')
const elliptic = await pair('ES256', 'elliptic')
const stranger = await pair('RS256', 'stranger')

const token = (
  { alg, kid, privateKey }: Pick<Pair, 'alg' | 'kid'> & { privateKey: CryptoKey | Uint8Array },
  header: object = {},
): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg, kid, ...header })
    .setSubject('ann')
    .setExpirationTime('1h')
    .sign(privateKey)

const listen = async (t: ExecutionContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
}

/** A service that trusts the keys at a URL; what it answers to a token. */
const trusting = async (t: ExecutionContext, jwksUrl: string) => {
  const api = await startLoggedService({}, { AUTH: 'jwt', JWKS_URL: jwksUrl })
  t.teardown(api.stop)
  const answerTo = async (bearer: string) => {
    const headers = { Authorization: `Bearer ${bearer}` }
    const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
    if (answer.status !== 200) isProblem(t, answer, { code: 'unauthenticated', path: '/order' })
    return answer.status
  }
  /** How often the log says that it is not the token's fault. */
  const complaints = () => api.lines().filter(({ msg }) => /keys of JWKS_URL/.test(msg)).length
  return Object.assign(answerTo, { complaints })
}

/** Publishes keys, which the test may replace, and counts who asks for them. */
const publish = async (t: ExecutionContext, ...keys: JWK[]) => {
  const published = { keys, asked: 0 }
  const url = await listen(t, (_, response) => {
    published.asked += 1
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ keys: published.keys }))
  })
  return { published, answerTo: await trusting(t, url) }
}

test('Tokens that are signed with a published key are accepted, and the keys are fetched once.', async (t) => {
  const { answerTo, published } = await publish(t, rsa.jwk, elliptic.jwk)
  t.is(published.asked, 0)
  const tokens = [await token(rsa), await token(elliptic), await token(rsa, { kid: undefined })]
  t.deepEqual(await Promise.all(tokens.map(answerTo)), [200, 200, 200])
  t.is(published.asked, 1)
})

test('Tokens that no published key has signed are refused, whatever they claim.', async (t) => {
  const { answerTo, published } = await publish(t, rsa.jwk, elliptic.jwk)
  const bytes = (text: string) => new TextEncoder().encode(text)
  const hmac = (text: string) => ({ alg: 'HS256', kid: 'rsa', privateKey: bytes(text) })
  const evil = { asked: 0 }
  const theirs = await listen(t, (_, response) => {
    evil.asked += 1
    response.end(JSON.stringify({ keys: [stranger.jwk] }))
  })
  const [head = '', payload = ''] = (await token(rsa)).split('.')
  const bad: Readonly<Record<string, string>> = {
    'a key that is not published': await token(stranger),
    'the name of another key': await token(stranger, { kid: 'rsa' }),
    'no name of a key': await token(stranger, { kid: undefined }),
    'a published key under a strange name': await token(rsa, { kid: 'none such' }),
    'the key of another algorithm': await token(rsa, { kid: 'elliptic' }),
    'the public key as a secret': await token(hmac(rsa.spki)),
    'the public key as a secret, trimmed': await token(hmac(rsa.spki.trim())),
    'the modulus as a secret': await token(hmac(rsa.jwk.n ?? '')),
    'the published JSON as a secret': await token(hmac(JSON.stringify(rsa.jwk))),
    'a key that the token brings': await token(stranger, { kid: 'rsa', jwk: stranger.jwk }),
    'a key that the token points at': await token(stranger, { jku: theirs, kid: 'stranger' }),
    'a certificate that the token points at': await token(stranger, { x5u: theirs }),
    'no signature': `${head}.${payload}.`,
    'the algorithm none': `eyJhbGciOiJub25lIn0.${payload}.`,
  }
  for (const [what, bearer] of Object.entries(bad)) t.is(await answerTo(bearer), 401, what)
  t.is(answerTo.complaints(), 0)
  t.is(evil.asked, 0)
  t.is(await answerTo(await token(rsa)), 200)
  t.is(published.asked, 1, 'Strange keys do not make the service ask again and again.')
})

for (const alg of ['RS384', 'RS512', 'ES384', 'PS512']) {
  test(`A published key does not help a token with ${alg}, which is not allowed.`, async (t) => {
    const other = await pair(alg, 'other')
    const { answerTo } = await publish(t, other.jwk, rsa.jwk)
    t.deepEqual([await answerTo(await token(other)), await answerTo(await token(rsa))], [401, 200])
  })
}

test('A secret among the published keys signs nothing.', async (t) => {
  const secret = new TextEncoder().encode('a secret that somebody published by mistake')
  const k = Buffer.from(secret).toString('base64url')
  const { answerTo } = await publish(t, { kty: 'oct', kid: 'oct', alg: 'HS256', k }, rsa.jwk)
  t.is(await answerTo(await token({ alg: 'HS256', kid: 'oct', privateKey: secret })), 401)
  t.is(await answerTo(await token(rsa)), 200)
})

test.serial(
  'A new key is found 30 s after the last look, and a withdrawn one is gone then.',
  async (t) => {
    const { answerTo, published } = await publish(t, stranger.jwk)
    published.keys = [rsa.jwk] // Before the first use: found at once.
    t.is(await answerTo(await token(rsa)), 200)
    published.keys = [elliptic.jwk]
    t.is(await answerTo(await token(elliptic)), 401)
    t.is(published.asked, 1)

    const { now } = Date
    t.teardown(() => {
      Date.now = now
    })
    Date.now = () => now() + 31_000
    t.is(await answerTo(await token(rsa)), 200, 'A key that is known is not looked up again.')
    t.is(await answerTo(await token(elliptic)), 200)
    t.is(published.asked, 2)
    t.is(await answerTo(await token(rsa)), 401)
  },
)

test.serial('A withdrawn key is believed for ten minutes at most.', async (t) => {
  const { answerTo, published } = await publish(t, rsa.jwk)
  t.is(await answerTo(await token(rsa)), 200)
  published.keys = []
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  Date.now = () => now() + 601_000
  t.is(await answerTo(await token(rsa)), 401)
})

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
  test(`Where the server of the keys ${what}, a token is refused within 6 s, until it is well, and the log says why.`, async (t) => {
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
    t.is(answerTo.complaints(), 2)
    well = true
    t.is(await answerTo(bearer), 200)
    t.is(answerTo.complaints(), 2)
  })
}

test('Where no server of the keys listens, a token is refused at once.', async (t) => {
  const answerTo = await trusting(t, 'http://127.0.0.1:1/jwks')
  const began = performance.now()
  t.is(await answerTo(await token(rsa)), 401)
  t.true(performance.now() - began < 4500) // It is not the time-out of 5 s that ends it.
})
