import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { startOneService } from './one-service.ts'
import { isProblem } from './problem-checks.ts'

type Pair = Readonly<{ alg: string; kid: string; privateKey: CryptoKey; jwk: JWK; spki: string }>

/** A key pair that signs with `alg`, as it is published under the name `kid`. */
export const pair = async (alg: string, kid: string): Promise<Pair> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { alg, kid, privateKey, jwk, spki: await exportSPKI(publicKey) }
}

/** Keys that a test may publish or keep back. */
export const rsa = await pair('RS256', 'rsa')
export const elliptic = await pair('ES256', 'elliptic')
export const stranger = await pair('RS256', 'stranger')

/** Ann's token, signed with a key. */
export const token = (
  { alg, kid, privateKey }: Pick<Pair, 'alg' | 'kid'> & { privateKey: CryptoKey | Uint8Array },
  header: object = {},
): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg, kid, ...header })
    .setSubject('ann')
    .setExpirationTime('1h')
    .sign(privateKey)

/** A server of keys; its URL. */
export const listen = async (t: ExecutionContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
}

/** A service that trusts the keys at a URL; what it answers to a token. */
export const trusting = async (t: ExecutionContext, jwksUrl: string) => {
  const api = await startOneService({}, { AUTH: 'jwt', JWKS_URL: jwksUrl })
  t.teardown(api.stop)
  const answerTo = async (bearer: string) => {
    const headers = { Authorization: `Bearer ${bearer}` }
    const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
    if (answer.status !== 200) isProblem(t, answer, { code: 'unauthenticated', path: '/order' })
    return answer.status
  }
  return answerTo
}

/** Publishes keys, which the test may replace, and counts who asks for them. */
export const publish = async (t: ExecutionContext, ...keys: JWK[]) => {
  const published = { keys, asked: 0 }
  const url = await listen(t, (_, response) => {
    published.asked += 1
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ keys: published.keys }))
  })
  return { published, answerTo: await trusting(t, url) }
}
