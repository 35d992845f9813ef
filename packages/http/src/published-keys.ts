import type { Clock } from '@holdfast/domain'
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose'
import type { Logger } from 'pino'
import { waitingFor } from './defence/load.ts'

/** The keys that tokens are signed with, as they are published at a URL. */
export type PublishedKeys = Readonly<{
  /** The key of a token; rejects with `KeysUnavailable` where it cannot be looked up, which is not the token's fault. */
  find: JWTVerifyGetKey
  /** Whether the last look at the URL succeeded. Asked while it did not, it has another look in time. */
  isUp: () => boolean
}>

/** The key of a token cannot be looked up now. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number, cause: unknown) {
    super('The keys at JWKS_URL cannot be fetched', { cause })
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Who publishes a new key may sign with it at once, so a token with an unknown key makes the service look again; but not
 * more often than this, or anybody could make it flood the server of the keys with made-up names.
 */
const LOOK_FOR_NEW_KEYS_EVERY_MS = 1000

/** How long a withdrawn key may still be believed while its server answers. */
const BELIEVED_FOR_MS = 600_000

/** An outage of the keys' server signs nobody out for a day. Then what was withdrawn during it is believed no more. */
const KEPT_FOR_MS = 86_400_000

/** After a look in vain the next one waits for a second, then two, four, and so on up to half a minute. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/**
 * Keeps the keys of a URL: fetched when the first token comes, then at most every second for an unknown key, and every ten
 * minutes. While they cannot be fetched the last good ones go on for a day. Who has one of those never waits for the URL
 * then, whatever keys others make up. (jose's own set forgets what it knows when its server is away for longer than its age.)
 */
export const keysPublishedAt = (
  url: string,
  { clock, log }: Readonly<{ clock: Clock; log: Logger }>,
): PublishedKeys => {
  const forEver = Number.POSITIVE_INFINITY // When to look is decided here.
  const remote = createRemoteJWKSet(new URL(url), {
    cooldownDuration: forEver,
    cacheMaxAge: forEver,
  })
  let known: Readonly<{ keys: JWTVerifyGetKey; at: number }> | undefined
  let looking: Promise<void> | undefined
  let failures = 0
  let failure: unknown
  let lookAgainAt = 0

  const fetchKeys = async () => {
    await remote.reload()
    known = { keys: createLocalJWKSet(underBothNames(remote.jwks()?.keys)), at: clock.now() }
    if (failures > 0) log.info('The keys at JWKS_URL can be fetched again')
    failures = 0
  }
  const look = (): Promise<void> => {
    looking ??= fetchKeys()
      .catch((cause: unknown) => {
        lookAgainAt = clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
        failures += 1
        failure = cause
        if (failures > 1) return
        const err = new KeysUnavailable(FIRST_PAUSE_MS, cause)
        log.warn({ err }, 'The keys at JWKS_URL cannot be fetched; those that are known go on')
      })
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  /** Whether it is time for another look; also where the clock was set back since the last one. */
  const isTime = (): boolean => {
    const waitMs = lookAgainAt - clock.now()
    return failures === 0 || waitMs <= 0 || waitMs > LONGEST_PAUSE_MS
  }
  const isYoung = (ageMs: number): boolean => {
    const sinceMs = known ? clock.now() - known.at : forEver
    return sinceMs >= 0 && sinceMs < ageMs
  }
  const current = (): JWTVerifyGetKey | undefined =>
    known && clock.now() - known.at < KEPT_FOR_MS ? known.keys : undefined
  const unavailable = (cause: unknown) =>
    new KeysUnavailable(Math.max(lookAgainAt - clock.now(), 0), cause)

  const find: JWTVerifyGetKey = async (header, token) => {
    if (!isYoung(BELIEVED_FOR_MS) && isTime()) {
      // Known to fail: it is tried beside the request, which does not wait for it.
      if (failures > 0 && current()) void look()
      else await waitingFor('keys', look)
    }
    try {
      const keys = current()
      if (keys) return await keys(header, token)
    } catch (cause) {
      if (cause instanceof errors.JWKSMultipleMatchingKeys) throw cause
      if (!(cause instanceof errors.JWKSNoMatchingKey)) throw unavailable(cause)
      if (failures === 0 && isYoung(LOOK_FOR_NEW_KEYS_EVERY_MS)) throw cause
      if (isTime()) await waitingFor('keys', look)
      if (failures > 0) throw unavailable(failure)
      return current()?.(header, token) ?? Promise.reject(unavailable(failure))
    }
    throw unavailable(failure)
  }
  return {
    find,
    isUp: () => {
      if (failures > 0 ? isTime() : !known) void look() // Before the first token a wrong address shows, too.
      return failures === 0
    },
  }
}

/**
 * The keys, those of Ed25519 without their algorithm and once each: RFC 9864 has given `EdDSA` the name `Ed25519`, and
 * issuers change the name in their tokens and in their keys at different times, or publish a key under both. The curve
 * says all.
 */
const underBothNames = (keys: readonly JWK[] = []): { keys: JWK[] } => {
  const seen = new Set<string>()
  return {
    keys: keys.flatMap(({ alg, ...key }) => {
      if (!isEd25519(key)) return [alg === undefined ? key : { ...key, alg }]
      if (alg !== undefined && alg !== 'EdDSA' && alg !== 'Ed25519') return []
      const name = JSON.stringify([key.kid, key.x])
      if (seen.has(name)) return []
      seen.add(name)
      return [key]
    }),
  }
}

const isEd25519 = ({ kty, crv }: JWK): boolean => kty === 'OKP' && crv === 'Ed25519'
