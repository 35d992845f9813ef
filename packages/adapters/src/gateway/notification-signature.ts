import { createHmac, timingSafeEqual } from 'node:crypto'
import { err, ok, type Result } from 'neverthrow'

/** The header does not prove that the gateway sent this body lately. */
export type InvalidSignature = Readonly<{ code: 'invalid_signature'; detail: string }>

/** Machines' clocks may differ by so much, and a recorded notification cannot be played back for longer. */
const TOLERANCE_MS = 300_000

/**
 * The header `Gateway-Signature` for a body: `t=<unix seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256 of `<t>.<body>`.
 * It is the form that Stripe uses.
 */
export const signNotification = (
  secret: string,
  atMs: number,
  body: string | Uint8Array,
): string => {
  const t = String(Math.floor(atMs / 1000))
  return `t=${t},v1=${macOf(secret, t, body).toString('hex')}`
}

/**
 * Checks the header against the body as it came, byte for byte. Several `v1` are allowed, so that a secret can be changed;
 * one that fits is enough. Without a secret nothing is believed.
 */
export const verifyNotification = (
  secret: string | undefined,
  header: string | undefined,
  body: string | Uint8Array,
  nowMs: number,
): Result<void, InvalidSignature> => {
  if (!secret) return invalid('There is no secret to check signatures with.')
  if (header === undefined) return invalid('The signature is missing.')
  const { t, macs } = parse(header)
  if (t === undefined || macs.length === 0) return invalid('The signature is malformed.')
  const expected = macOf(secret, t, body)
  // Every one is compared, in full, so that the time it takes tells nothing of the expected one.
  const fitting = macs.filter((mac) => timingSafeEqual(mac, expected))
  if (fitting.length === 0) return invalid('The signature is not that of this body.')
  return Math.abs(nowMs - Number(t) * 1000) <= TOLERANCE_MS
    ? ok(undefined)
    : invalid('The signature is more than five minutes away from our time.')
}

const macOf = (secret: string, t: string, body: string | Uint8Array): Buffer =>
  createHmac('sha256', secret).update(`${t}.`).update(body).digest()

/** One time, and signatures of the scheme `v1`; those of other schemes are for other readers. */
const parse = (header: string): { t: string | undefined; macs: readonly Buffer[] } => {
  const parts = header.split(',').map((part) => part.trim())
  const times = parts.filter((part) => part.startsWith('t='))
  const [, t] = (times.length === 1 && /^t=(\d{1,12})$/.exec(times[0] ?? '')) || []
  const macs = parts.flatMap((part) => {
    const [, hex] = /^v1=([0-9a-f]{64})$/.exec(part) ?? []
    return hex === undefined ? [] : [Buffer.from(hex, 'hex')]
  })
  return { t, macs }
}

const invalid = (detail: string): Result<void, InvalidSignature> =>
  err({ code: 'invalid_signature', detail })
