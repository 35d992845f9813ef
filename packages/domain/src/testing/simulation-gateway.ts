import { err, ok, type Result } from 'neverthrow'
import type {
  ChargeRequest,
  OutcomeUnknown,
  Refunded,
  RefundRequest,
} from '../ports/payment-gateway.ts'
import type { Money } from '../rules/money.ts'
import type { GatewayOutcome, StillPending } from '../rules/payment.ts'
import type { Random } from './random.ts'
import type { Agenda } from './simulation-agenda.ts'
import {
  BEHAVIOURS,
  type Behaviour,
  type GatewayState,
  type SimulatedMethod,
} from './simulation-methods.ts'
import type { Books } from './snapshot.ts'

/** What the gateway sends back; nothing where it falls silent. */
export type Heard<T> = Result<T, OutcomeUnknown> | undefined

type Status = GatewayOutcome | StillPending
type Entry = {
  state: GatewayState
  method: Behaviour
  amount: Money | null
  captures: number
  refunds: number
  /** So many refunds are still to be refused. */
  refusals: number
  /** Until then a question finds nothing. */
  forgottenUntil: number
  /** Whether the gateway has said, at some time, that it takes no money under this key. */
  isRefused: boolean
}

const SILENCE: OutcomeUnknown = { code: 'outcome_unknown', detail: 'No usable answer.' }

/** A gateway that keeps honest books, whatever it answers. Messages arrive at its methods. */
export class SimulatedGateway {
  readonly id: string
  /** Until then it is down: nothing arrives, and nobody answers. */
  downUntil = 0
  /** Told of each change of a key. */
  onChange: (key: string, what: string) => void = () => undefined
  readonly #entries = new Map<string, Entry>()
  readonly #agenda: Agenda
  readonly #random: Random

  constructor(id: string, agenda: Agenda, random: Random) {
    this.id = id
    this.#agenda = agenda
    this.#random = random
  }

  books = (): Books => this.#entries

  /** Whether the gateway has said that it takes no money under this key. */
  hasRefused(key: string): boolean {
    return this.#entries.get(key)?.isRefused === true
  }

  charge({ idempotencyKey, amount, paymentMethod }: ChargeRequest): Heard<Status> {
    const known = this.#entries.get(idempotencyKey)
    if (known) return ok(statusOf(known))
    const method: Behaviour = BEHAVIOURS[paymentMethod as SimulatedMethod]
    if (!method.books) return method.isSilent ? undefined : err(SILENCE)
    const entry = this.#enter(idempotencyKey, method.books, method, amount)
    if (method.forgets) {
      entry.forgottenUntil = this.#agenda.now + this.#random.whole(1_000, 3_600_000)
    }
    const { capturesWithin } = method
    if (capturesWithin) this.#captureLater(idempotencyKey, entry, 'pending', capturesWithin)
    if (method.books === 'declined') this.#defy(idempotencyKey, entry)
    const isReported = method.books === 'captured' || this.#random.chance(0.3)
    if (isReported) this.onChange(idempotencyKey, method.books)
    return method.isSilent ? undefined : ok(statusOf(entry))
  }

  lookup(key: string): Heard<Status | undefined> {
    const entry = this.#remembered(key)
    return ok(entry && statusOf(entry))
  }

  void(key: string): Heard<GatewayOutcome> {
    const known = this.#entries.get(key)
    const entry = known ?? this.#enter(key, 'voided', {}, null)
    if (this.#remembered(key)) {
      const isCrossed = entry.method.crosses && this.#random.chance(0.5)
      if (entry.state === 'pending' && isCrossed) this.#take(key, entry)
      const status = statusOf(entry)
      if (status.state !== 'pending') return ok(status)
      entry.state = 'voided'
      this.#defy(key, entry)
    }
    entry.isRefused = true
    if (known) this.onChange(key, 'voided')
    return ok({ state: 'voided' })
  }

  refund({ idempotencyKey, amount }: RefundRequest): Heard<Refunded> {
    const entry = this.#remembered(idempotencyKey)
    if (entry?.state !== 'captured' || entry.amount?.amountMinor !== amount.amountMinor) {
      return err(SILENCE)
    }
    if (entry.refunds === 0 && entry.refusals > 0) {
      entry.refusals -= 1
      return err(SILENCE)
    }
    if (entry.refunds === 0) this.onChange(idempotencyKey, 'refunded')
    entry.refunds = 1
    return ok({ state: 'refunded' })
  }

  #defy(key: string, entry: Entry): void {
    const { defiesWithin, defiesAfter } = entry.method
    if (defiesWithin) this.#captureLater(key, entry, entry.state, defiesWithin, defiesAfter)
  }

  /** Takes the money if by then the state is still this one; sometimes says beforehand that something is coming. */
  #captureLater(
    key: string,
    entry: Entry,
    state: GatewayState,
    within: readonly number[],
    after = 0,
  ): void {
    const delayMs = after + this.#random.whole(0, this.#random.pick(within))
    this.#agenda.plan(delayMs, `${key} falls due`, () => {
      if (entry.state !== state) return
      if (this.#random.chance(0.5)) this.onChange(key, 'updated')
      const momentMs = this.#random.whole(0, 500)
      this.#agenda.plan(momentMs, `${key} is captured`, () => {
        if (entry.state === state) this.#take(key, entry)
      })
    })
  }

  #take(key: string, entry: Entry): void {
    entry.state = 'captured'
    entry.captures += 1
    this.onChange(key, 'captured')
  }

  #enter(key: string, state: GatewayState, method: Behaviour, amount: Money | null): Entry {
    const refusals = method.refusesRefunds ? this.#random.whole(0, 3) : 0
    const entry: Entry = {
      ...{ state, method, amount, refusals, refunds: 0, forgottenUntil: 0 },
      captures: Number(state === 'captured'),
      isRefused: state === 'declined' || state === 'voided',
    }
    this.#entries.set(key, entry)
    return entry
  }

  #remembered(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.forgottenUntil <= this.#agenda.now ? entry : undefined
  }
}

const statusOf = ({ state }: Entry): Status =>
  state === 'declined' ? { state, code: 'card_declined', detail: 'Declined.' } : { state }
