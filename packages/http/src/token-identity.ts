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
import type { Logger } from 'pino'
import { type Caller, type Identify, isUserId } from './identity.ts'

/** Signature algorithms with a key pair. Never a mix with HS256: a public key must not pass for a shared secret. */
const KEY_PAIR_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** AUTH=jwt, ready to use. */
type TokenConfiguration = Extract<AuthConfiguration, { kind: 'jwt' }>

/**
 * AUTH=jwt: believes a bearer token (RFC 6750) that is signed with a key of ours, has not expired, and was made by and for
 * whom the configuration names. Whatever is wrong with a token, the answer is the same 401.
 */
export const identifyByToken = (configuration: TokenConfiguration, log: Logger): Identify => {
  const verify = verifierFor(configuration, log)
  return async (ctx) => {
    // node would keep the first of several headers and drop the others.
    const sent = ctx.req.headersDistinct['authorization'] ?? []
    const [, token] = (sent.length === 1 && /^Bearer +([^\s,]+)$/i.exec(sent[0] ?? '')) || []
    if (token === undefined) {
      return err({ challenge: 'Bearer', detail: 'A bearer token is missing.' })
    }
    const caller = await verify(token).then(callerOf, () => undefined)
    return caller
      ? ok(caller)
      : err({
          challenge: 'Bearer error="invalid_token"',
          detail: 'The bearer token is not valid.',
        })
  }
}

const verifierFor = ({ keys, issuer, audience }: TokenConfiguration, log: Logger) => {
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
  const published = publishedKeys(keys.jwksUrl, log)
  return async (token: string) => (await jwtVerify(token, published, options)).payload
}

/** The answer to a customer is the same 401; that it is not the token's fault, only the log can tell. */
const publishedKeys = (url: string, log: Logger): JWTVerifyGetKey => {
  const find = createRemoteJWKSet(new URL(url))
  return (header, token) =>
    find(header, token).catch((error: unknown) => {
      const isOfToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys
      if (!isOfToken) {
        log.warn({ err: error }, 'The keys of JWKS_URL cannot be had: tokens are refused')
      }
      throw error
    })
}

const callerOf = ({ sub, roles }: JWTPayload): Caller | undefined =>
  typeof sub === 'string' && isUserId(sub) // jose does not look at the type of `sub`.
    ? { userId: sub, isAdmin: Array.isArray(roles) && roles.includes('admin') }
    : undefined
