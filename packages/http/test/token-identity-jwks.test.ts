import test from 'ava'
import { elliptic, listen, pair, publish, rsa, stranger, token } from './published-keys.ts'

test('Tokens that are signed with a published key are accepted, and the keys are fetched once.', async (t) => {
  const { answerTo, published } = await publish(t, rsa.jwk, elliptic.jwk)
  t.is(published.asked, 0)
  const tokens = [await token(rsa), await token(elliptic), await token(rsa, { kid: undefined })]
  t.deepEqual(await Promise.all(tokens.map(answerTo)), [200, 200, 200])
  t.is(published.asked, 1)
})

test('Tokens that no published key signed are refused, whatever they claim.', async (t) => {
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

test('A new key is found within a second, and a withdrawn one is gone then.', async (t) => {
  const { answerTo, published, clock } = await publish(t, stranger.jwk)
  published.keys = [rsa.jwk] // Before the first use: found at once.
  t.is(await answerTo(await token(rsa)), 200)
  published.keys = [elliptic.jwk]
  t.is(await answerTo(await token(elliptic)), 401)
  t.is(published.asked, 1)

  clock.forward(1000)
  t.is(await answerTo(await token(rsa)), 200, 'A key that is known is not looked up again.')
  t.is(await answerTo(await token(elliptic)), 200)
  t.is(published.asked, 2)
  t.is(await answerTo(await token(rsa)), 401)
})

test('A withdrawn key is believed for ten minutes at most.', async (t) => {
  const { answerTo, published, clock } = await publish(t, rsa.jwk)
  t.is(await answerTo(await token(rsa)), 200)
  published.keys = []
  clock.forward(600_000)
  t.is(await answerTo(await token(rsa)), 401)
})

for (const alg of ['EdDSA', 'Ed25519']) {
  for (const published of ['EdDSA', 'Ed25519', undefined]) {
    test(`A token that says ${alg} is accepted with a key that says ${published ?? 'nothing'}.`, async (t) => {
      const { jwk, ...edwards } = await pair(alg, 'edwards')
      const { alg: _, ...unnamed } = jwk
      const key = published === undefined ? unnamed : { ...unnamed, alg: published }
      const { answerTo } = await publish(t, key, rsa.jwk)
      t.is(await answerTo(await token(edwards)), 200)
      t.is(
        await answerTo(await token({ ...edwards, alg: 'RS256', privateKey: rsa.privateKey })),
        401,
      )
    })
  }
}

test('A key that is published under both names of its algorithm is one key.', async (t) => {
  const { jwk, ...edwards } = await pair('Ed25519', 'edwards')
  const { answerTo } = await publish(t, { ...jwk, alg: 'EdDSA' }, jwk)
  t.is(await answerTo(await token(edwards)), 200)
  t.is(await answerTo(await token({ ...edwards, alg: 'EdDSA' })), 200)
})
