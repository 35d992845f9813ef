import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@holdfast/domain'
import type { ExecutionContext } from 'ava'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { handClock, startOneService } from './one-service.ts'
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
  validFor = '1h',
): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg, kid, ...header })
    .setSubject('ann')
    .setExpirationTime(validFor)
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

/** A service that trusts the keys at a URL; what it answers to a token, and the service itself. */
export const trusting = async (
  t: ExecutionContext,
  jwksUrl: string,
  clock: Clock = { now: Date.now },
) => {
  const api = await startOneService({ clock }, { AUTH: 'jwt', JWKS_URL: jwksUrl })
  t.teardown(api.stop)
  const answerTo = async (bearer: string) => {
    const headers = { Authorization: `Bearer ${bearer}` }
    const answer = await api.ask('GET', '/order', undefined, { user: '', headers })
    const code = answer.status === 503 ? 'keys_unavailable' : 'unauthenticated'
    if (answer.status !== 200) isProblem(t, answer, { code, path: '/order' })
    t.is(answer.headers.has('retry-after'), answer.status === 503)
    return answer.status
  }
  return Object.assign(answerTo, { api })
}

/** Publishes keys, which the test may replace or withhold, and counts who asks for them; the clock is the test's. */
export const publish = async (t: ExecutionContext, ...keys: JWK[]) => {
  const published = { keys, asked: 0, isAway: false }
  const url = await listen(t, (_, response) => {
    published.asked += 1
    response.statusCode = published.isAway ? 500 : 200
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ keys: published.keys }))
  })
  const clock = handClock(Date.now())
  const answerTo = await trusting(t, url, clock)
  return { published, answerTo, clock, api: answerTo.api }
}
