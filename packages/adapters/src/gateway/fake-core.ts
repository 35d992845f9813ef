import type {
  ChargeRequest,
  Clock,
  GatewayOutcome,
  RefundRequest,
  StillPending,
} from '@holdfast/domain'
import { err, ok, type Result } from 'neverthrow'
import type { Charge, FakeLedger } from './fake-ledger.ts'
import { type Script, scriptFor } from './fault-script.ts'

/** How long the fake takes, in ms: `slow` captures while a customer waits, `late` after the payment's deadline. */
export type FakeDelays = Readonly<{ slowMs: number; lateMs: number }>

/** A few seconds, and a minute more than the three that a payment is given. */
export const DEFAULT_FAKE_DELAYS: FakeDelays = { slowMs: 3_000, lateMs: 240_000 }

/** What the fake gateway is made of. */
export type FakeParts = Readonly<{ ledger: FakeLedger; clock: Clock; delays?: FakeDelays }>

/** The money was not given back: there was no capture, or the gateway does not want to yet. */
type RefundRefused = Readonly<{ code: 'not_captured' | 'refund_refused'; detail: string }>

/**
 * What the fake gateway does, whichever way it is asked. A charge that captures later is written down with its time, so
 * that it captures even if this process dies.
 */
export type FakeCore = Readonly<{
  /** Where the key stands now, unless the request got lost, and what the caller hears of it. */
  charge(request: ChargeRequest): Readonly<{ charge: Charge | undefined; answer: Script['answer'] }>
  lookup(idempotencyKey: string): Charge | undefined
  void(idempotencyKey: string): Charge
  refund(request: Pick<RefundRequest, 'idempotencyKey'>): Result<Charge, RefundRefused>
}>

/** A fake gateway on its ledger. Each call is one step of the ledger. */
export const createFakeCore = (parts: FakeParts): FakeCore => {
  const { ledger, clock } = parts
  return {
    charge: (request) => ledger.atomically(() => takeCharge(parts, request)),
    lookup: (key) => ledger.atomically(() => ledger.find(key, clock.now())),
    void: (key) => ledger.atomically(() => burn(parts, key)),
    refund: ({ idempotencyKey }) => ledger.atomically(() => giveBack(parts, idempotencyKey)),
  }
}

/** The outcome that a charge stands for. */
export const outcomeOf = ({ state, paymentMethod }: Charge): GatewayOutcome | StillPending => {
  if (state !== 'declined') return { state }
  const code = scriptFor(paymentMethod).declineCode ?? 'card_declined'
  return { state, code, detail: 'The card issuer declined the charge.' }
}

/**
 * Judges a key that was never seen; one that was seen keeps its first outcome. Only the first call meets the scripted
 * fault: whoever asks again is told what became of it.
 */
const takeCharge = (
  { ledger, clock, delays = DEFAULT_FAKE_DELAYS }: FakeParts,
  { idempotencyKey, amount, paymentMethod }: ChargeRequest,
): ReturnType<FakeCore['charge']> => {
  const now = clock.now()
  const known = ledger.find(idempotencyKey, now)
  if (known) return { charge: known, answer: 'outcome' }
  const { effect, answer } = scriptFor(paymentMethod)
  if (effect === 'nothing') return { charge: undefined, answer }
  const charge: Charge = {
    ...{ idempotencyKey, amount, paymentMethod },
    ...{ state: 'pending', capturesAt: null, refunded: false, refusedRefunds: 0, at: now },
  }
  if (effect === 'captureSoon' || effect === 'captureLate') {
    const pending = {
      ...charge,
      capturesAt: now + delays[effect === 'captureSoon' ? 'slowMs' : 'lateMs'],
    }
    ledger.save(pending)
    return { charge: pending, answer }
  }
  const state = effect === 'capture' ? 'captured' : 'declined'
  const ended: Charge = { ...charge, state }
  ledger.book(ended, state, now)
  return { charge: ended, answer }
}

/** Ends a pending or unseen key. A scripted method may say so and capture all the same, later. */
const burn = ({ ledger, clock }: FakeParts, idempotencyKey: string): Charge => {
  const now = clock.now()
  const known = ledger.find(idempotencyKey, now)
  if (known && known.state !== 'pending') return known
  const ignored = known && scriptFor(known.paymentMethod).ignoresVoid
  const voided: Charge = {
    idempotencyKey,
    amount: known?.amount ?? null,
    paymentMethod: known?.paymentMethod ?? '',
    state: 'voided',
    capturesAt: ignored ? known.capturesAt : null,
    refunded: false,
    refusedRefunds: 0,
    at: now,
  }
  ledger.book(voided, 'voided', now)
  return voided
}

const giveBack = (
  { ledger, clock }: FakeParts,
  idempotencyKey: string,
): Result<Charge, RefundRefused> => {
  const now = clock.now()
  const charge = ledger.find(idempotencyKey, now)
  if (charge?.state !== 'captured') {
    return err({ code: 'not_captured', detail: `${idempotencyKey} was not captured.` })
  }
  if (charge.refunded) return ok(charge)
  const { refusedRefunds = 0 } = scriptFor(charge.paymentMethod)
  if (charge.refusedRefunds < refusedRefunds) {
    ledger.save({ ...charge, refusedRefunds: charge.refusedRefunds + 1 })
    return err({ code: 'refund_refused', detail: 'The refund was refused for now.' })
  }
  const refunded = { ...charge, refunded: true }
  ledger.book(refunded, 'refunded', now)
  return ok(refunded)
}
