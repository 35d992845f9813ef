import type { AuthConfiguration } from '@holdfast/adapters'
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import { err, ok } from 'neverthrow'
import { type Caller, type Identify, isUserId } from './identity.ts'

/** Signature algorithms with a key pair. Never a mix with HS256: a public key must not pass for a shared secret. */
const KEY_PAIR_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/**
 * Who publishes a new key may sign with it at once, so a token with an unknown key makes the service look again; but not
 * more often than this, or anybody could make it flood the server of the keys with made-up names. Without such a token it
 * looks every ten minutes, which is how long a withdrawn key may still be believed.
 */
const LOOK_FOR_NEW_KEYS_EVERY_MS = 1000

/** AUTH=jwt, ready to use. */
type TokenConfiguration = Extract<AuthConfiguration, { kind: 'jwt' }>

/**
 * AUTH=jwt: believes a bearer token (RFC 6750) that is signed with a key of ours, has not expired, and was made by and for
 * whom the configuration names. Whatever is wrong with a token, the answer is the same 401.
 */
export const identifyByToken = (configuration: TokenConfiguration): Identify => {
  const verify = verifierFor(configuration)
  return async (ctx) => {
    // node would keep the first of several headers and drop the others.
    const sent = ctx.req.headersDistinct['authorization'] ?? []
    const [, token] = (sent.length === 1 && /^Bearer +([^\s,]+)$/i.exec(sent[0] ?? '')) || []
    if (token === undefined) {
      return err({ challenge: 'Bearer', detail: 'A bearer token is missing.' })
    }
    const caller = await verify(token).then(callerOf, (error) => {
      if (error instanceof KeysUnavailable) ctx.state['failure'] = error
      return undefined
    })
    return caller
      ? ok(caller)
      : err({
          challenge: 'Bearer error="invalid_token"',
          detail: 'The bearer token is not valid.',
        })
  }
}

const verifierFor = ({ keys, issuer, audience }: TokenConfiguration) => {
  const options: JWTVerifyOptions = {
    algorithms: 'secret' in keys ? ['HS256'] : KEY_PAIR_ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  }
  if ('secret' in keys) {
    const secret = new TextEncoder().encode(keys.secret)
    return async (token: string) => (await jwtVerify(token, secret, options)).payload
  }
  const published = keysAt(new URL(keys.jwksUrl))
  return async (token: string) => (await jwtVerify(token, published, options)).payload
}

/** Not a fault of the token. The answer is a 401 all the same, so the log must tell whoever runs the service. */
class KeysUnavailable extends Error {}

const keysAt = (url: URL): JWTVerifyGetKey => {
  const published = createRemoteJWKSet(url, { cooldownDuration: LOOK_FOR_NEW_KEYS_EVERY_MS })
  return (header, token) =>
    published(header, token).catch((cause) => {
      throw fitsNoOneKey(cause)
        ? cause
        : new KeysUnavailable('The keys at JWKS_URL cannot be had', { cause })
    })
}

const fitsNoOneKey = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys

const callerOf = ({ sub, roles }: JWTPayload): Caller | undefined =>
  typeof sub === 'string' && isUserId(sub) // jose does not look at the type of `sub`.
    ? { userId: sub, isAdmin: Array.isArray(roles) && roles.includes('admin') }
    : undefined
