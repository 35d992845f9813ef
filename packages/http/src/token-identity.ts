import type { AuthConfiguration } from '@holdfast/adapters'
import type { Clock } from '@holdfast/domain'
import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import { err, ok } from 'neverthrow'
import { type Caller, type Identify, isUserId } from './identity.ts'
import { KeysUnavailable, type PublishedKeys } from './published-keys.ts'

/**
 * Signature algorithms with a key pair. Never a mix with HS256: a public key must not pass for a shared secret. Ed25519 is
 * what RFC 9864 calls EdDSA.
 */
const KEY_PAIR_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

/** AUTH=jwt, ready to use. */
type TokenConfiguration = Extract<AuthConfiguration, { kind: 'jwt' }>

/** What tokens are judged with: the time, and the published keys where the configuration names no secret. */
type Judge = Readonly<{ clock: Clock; keys: PublishedKeys | undefined }>

/**
 * AUTH=jwt: believes a bearer token (RFC 6750) that is signed with a key of ours, is valid now, and was made by and for
 * whom the configuration names. Whatever is wrong with a token, the answer is the same 401; that a key cannot be looked up
 * is nothing wrong with it.
 */
export const identifyByToken = (configuration: TokenConfiguration, judge: Judge): Identify => {
  const verify = verifierFor(configuration, judge)
  return async (ctx) => {
    // node would keep the first of several headers and drop the others.
    const sent = ctx.req.headersDistinct['authorization'] ?? []
    const [, token] = (sent.length === 1 && /^Bearer +([^\s,]+)$/i.exec(sent[0] ?? '')) || []
    if (token === undefined) {
      return err({ challenge: 'Bearer', detail: 'A bearer token is missing.' })
    }
    try {
      const caller = callerOf(await verify(token))
      if (caller) return ok(caller)
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        ctx.state['failure'] = error
        const detail = 'The key of the bearer token cannot be looked up now.'
        return err({ retryAfterMs: error.retryAfterMs, detail })
      }
    }
    const challenge = 'Bearer error="invalid_token"'
    return err({ challenge, detail: 'The bearer token is not valid.' })
  }
}

const verifierFor = (
  { keys, issuer, audience, leewayMs }: TokenConfiguration,
  { clock, keys: published }: Judge,
) => {
  const options: JWTVerifyOptions = {
    algorithms: 'secret' in keys ? ['HS256'] : KEY_PAIR_ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: leewayMs / 1000,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  }
  const secret = 'secret' in keys ? new TextEncoder().encode(keys.secret) : undefined
  return async (token: string): Promise<JWTPayload | undefined> => {
    const now = clock.now()
    const current = { ...options, currentDate: new Date(now) }
    const { payload } = secret
      ? await jwtVerify(token, secret, current)
      : await jwtVerify(token, keysOf(published), current)
    return isIssued(payload, now + leewayMs) ? payload : undefined
  }
}

const keysOf = (published: PublishedKeys | undefined) => {
  if (!published) throw new Error('Neither a secret nor published keys are there.')
  return published.find
}

/** Whether a token was not made in the future. jose looks at `iat` only where tokens have a greatest age. */
const isIssued = ({ iat }: JWTPayload, by: number): boolean => iat === undefined || iat * 1000 <= by

const callerOf = ({ sub, roles }: JWTPayload = {}): Caller | undefined =>
  typeof sub === 'string' && isUserId(sub) // jose does not look at the type of `sub`.
    ? { userId: sub, isAdmin: Array.isArray(roles) && roles.includes('admin') }
    : undefined
