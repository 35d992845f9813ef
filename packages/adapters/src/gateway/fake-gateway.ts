import {
  type ChargeRequest,
  type Clock,
  type GatewayOutcome,
  type OutcomeUnknown,
  type PaymentGateway,
  type Refunded,
  type RefundRequest,
  refuseInsideTransaction,
  type StillPending,
} from '@holdfast/domain'
import { err, errAsync, ok, okAsync, type Result, ResultAsync } from 'neverthrow'
import type { FakeLedger, LedgerEntry } from './fake-ledger.ts'
import { type Script, scriptFor } from './fault-script.ts'

/** How long the fake takes, in ms: `slow` captures while a customer waits, `late` after the payment's deadline. */
export type FakeDelays = Readonly<{ slowMs: number; lateMs: number }>

/** A few seconds, and a minute more than the three that a payment is given. */
export const DEFAULT_FAKE_DELAYS: FakeDelays = { slowMs: 3_000, lateMs: 240_000 }

/** What the fake gateway is made of. */
export type FakeGatewayParts = Readonly<{ ledger: FakeLedger; clock: Clock; delays?: FakeDelays }>

/**
 * A gateway that works, on a ledger of its own, and goes wrong as the payment method says. A charge that captures later
 * is written down with its time, so that it captures even if this process dies.
 */
export const createFakeGateway = (parts: FakeGatewayParts): PaymentGateway => {
  const { ledger, clock } = parts
  return {
    isAvailable: () => true,
    charge: (request) => {
      refuseInsideTransaction()
      const { entry, isNew } = ledger.atomically(() => takeCharge(parts, request))
      // Only the first call meets the scripted fault: whoever asks again is told what became of it.
      const { answer }: Pick<Script, 'answer'> = isNew ? scriptFor(request.paymentMethod) : told
      if (answer === 'never') return new ResultAsync(new Promise(() => {}))
      if (answer === 'unavailable') return errAsync(unknown('The gateway answered 503.'))
      if (answer === 'garbage') return errAsync(unknown('The gateway answered nonsense.'))
      return okAsync(entry ? outcomeOf(entry) : { state: 'pending' })
    },
    lookup: (key) => {
      refuseInsideTransaction()
      const entry = ledger.atomically(() => ledger.find(key, clock.now()))
      return okAsync(entry && outcomeOf(entry))
    },
    void: (key) => {
      refuseInsideTransaction()
      return okAsync(ledger.atomically(() => burn(parts, key)))
    },
    refund: (request) => {
      refuseInsideTransaction()
      return new ResultAsync(Promise.resolve(ledger.atomically(() => giveBack(parts, request))))
    },
  }
}

const told = { answer: 'outcome' } as const

/** Judges a key that was never seen; one that was seen keeps its first outcome. */
const takeCharge = (
  { ledger, clock, delays = DEFAULT_FAKE_DELAYS }: FakeGatewayParts,
  { idempotencyKey, amount, paymentMethod }: ChargeRequest,
): { entry: LedgerEntry | undefined; isNew: boolean } => {
  const now = clock.now()
  const known = ledger.find(idempotencyKey, now)
  if (known) return { entry: known, isNew: false }
  const { effect } = scriptFor(paymentMethod)
  if (effect === 'nothing') return { entry: undefined, isNew: true }
  const due = { captureSoon: now + delays.slowMs, captureLate: now + delays.lateMs }
  const entry: LedgerEntry = {
    idempotencyKey,
    amount,
    paymentMethod,
    state: effect === 'capture' ? 'captured' : effect === 'decline' ? 'declined' : 'pending',
    capturesAt: effect === 'captureSoon' || effect === 'captureLate' ? due[effect] : null,
    refunded: false,
    refusedRefunds: 0,
    at: now,
  }
  ledger.save(entry)
  return { entry, isNew: true }
}

/** Ends a pending or unseen key. A scripted method may say so and capture all the same, later. */
const burn = ({ ledger, clock }: FakeGatewayParts, idempotencyKey: string): GatewayOutcome => {
  const now = clock.now()
  const known = ledger.find(idempotencyKey, now)
  const end = known && outcomeOf(known)
  if (end && end.state !== 'pending') return end
  const ignored = known && scriptFor(known.paymentMethod).ignoresVoid
  ledger.save({
    idempotencyKey,
    amount: known?.amount ?? null,
    paymentMethod: known?.paymentMethod ?? '',
    state: 'voided',
    capturesAt: ignored ? known.capturesAt : null,
    refunded: false,
    refusedRefunds: 0,
    at: now,
  })
  return { state: 'voided' }
}

const giveBack = (
  { ledger, clock }: FakeGatewayParts,
  { idempotencyKey }: RefundRequest,
): Result<Refunded, OutcomeUnknown> => {
  const entry = ledger.find(idempotencyKey, clock.now())
  if (entry?.state !== 'captured') return err(unknown(`${idempotencyKey} was not captured.`))
  const { refusedRefunds = 0 } = scriptFor(entry.paymentMethod)
  if (!entry.refunded && entry.refusedRefunds < refusedRefunds) {
    ledger.save({ ...entry, refusedRefunds: entry.refusedRefunds + 1 })
    return err(unknown('The refund was refused for now.'))
  }
  ledger.save({ ...entry, refunded: true })
  return ok({ state: 'refunded' })
}

const outcomeOf = ({ state, paymentMethod }: LedgerEntry): GatewayOutcome | StillPending => {
  if (state !== 'declined') return { state }
  const code = scriptFor(paymentMethod).declineCode ?? 'card_declined'
  return { state, code, detail: 'The card issuer declined the charge.' }
}

const unknown = (detail: string): OutcomeUnknown => ({ code: 'outcome_unknown', detail })
