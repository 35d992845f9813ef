import {
  type ChargeRequest,
  type GatewayOutcome,
  type OutcomeUnknown,
  type PaymentGateway,
  refuseInsideTransaction,
  type StillPending,
  type Told,
} from '@holdfast/domain'
import { err, ok, type Result, ResultAsync } from 'neverthrow'

/** The gateway that test worlds are bound to. */
export const GATEWAY_ID = 'gw_scripted'

/**
 * What a new charge meets: `captured`, `declined` and `pending` are booked and answered; `lost` is
 * captured without an answer; `silent` never reaches the books and has no answer.
 */
export type Script = 'captured' | 'declined' | 'pending' | 'lost' | 'silent'

/** A gateway that does as the test says, and keeps its own books. */
export type ScriptedGateway = PaymentGateway & {
  script: Script
  /** While false nothing arrives, and nothing is answered. */
  reachable: boolean
  /** Who answers, and whether it does so too where another gateway is meant. */
  id: string
  heedless: boolean
  /** While false no charge would be sent. */
  available: boolean
  /** So many refunds are refused before one is accepted; `refunds` are the keys of those that were. */
  refusals: number
  readonly refunds: string[]
  /** Run once each: before the next request arrives, and before its answer does. */
  onTheWayThere: (() => Promise<unknown>) | undefined
  onTheWayBack: (() => Promise<unknown>) | undefined
  /** Every call that was made, such as `charge pay_0002`. */
  readonly calls: string[]
  /** Every charge that was asked for. */
  readonly charges: ChargeRequest[]
  /** The key of every capture, in the order in which the money moved. */
  readonly captures: string[]
  /** A charge that took its time ends now, unless its key has ended already. */
  decide(key: string, state: 'captured' | 'declined'): void
  /** Its books are empty from now on. */
  forget(): void
  /** Takes the money although the key was voided. */
  captureAnyway(key: string): void
}

const SILENCE: OutcomeUnknown = { code: 'outcome_unknown', detail: 'No answer.' }
const declined = { state: 'declined', code: 'card_declined', detail: 'No.' } as const
const captured = { state: 'captured' } as const
const outcomes = { captured, declined, pending: { state: 'pending' }, lost: captured } as const

/** One key, one charge, whatever the script says when the key comes again. */
export const createScriptedGateway = (): ScriptedGateway => {
  const books = new Map<string, GatewayOutcome | StillPending>()
  const call = <T>(name: string, to: string, deed: () => Result<T, OutcomeUnknown>) => {
    refuseInsideTransaction()
    gateway.calls.push(name)
    const travel = async (): Promise<Result<Told<T>, OutcomeUnknown>> => {
      await once('onTheWayThere')
      const { id: gatewayId, heedless, reachable } = gateway
      const misdirected = to !== gatewayId && !heedless && { ...SILENCE, gatewayId }
      const answer = !reachable ? err(SILENCE) : misdirected ? err(misdirected) : deed()
      await once('onTheWayBack')
      return answer.map((it) => ({ gatewayId, answer: it }))
    }
    return new ResultAsync(travel())
  }
  const once = async (name: 'onTheWayThere' | 'onTheWayBack') => {
    const run = gateway[name]
    gateway[name] = undefined
    await run?.()
  }
  const book = (key: string, outcome: GatewayOutcome | StillPending) => {
    if (outcome.state === 'captured') gateway.captures.push(key)
    books.set(key, outcome)
    return outcome
  }
  const ended = (key: string): GatewayOutcome | undefined => {
    const booked = books.get(key)
    return booked?.state === 'pending' ? undefined : booked
  }
  const gateway: ScriptedGateway = {
    script: 'captured',
    reachable: true,
    id: GATEWAY_ID,
    heedless: false,
    available: true,
    refusals: 0,
    refunds: [],
    onTheWayThere: undefined,
    onTheWayBack: undefined,
    calls: [],
    charges: [],
    captures: [],
    decide: (key, state) => {
      if (!ended(key)) book(key, outcomes[state])
    },
    forget: () => books.clear(),
    captureAnyway: (key) => {
      book(key, captured)
    },
    isAvailable: () => gateway.available,
    identify: () =>
      call('identify', gateway.id, () => ok(undefined)).map(({ gatewayId }) => gatewayId),
    charge: (request, to) =>
      call(`charge ${request.idempotencyKey}`, to, () => {
        gateway.charges.push(request)
        const key = request.idempotencyKey
        const known = books.get(key)
        if (known) return ok(known)
        const { script } = gateway
        if (script === 'silent') return err(SILENCE)
        const booked = book(key, outcomes[script])
        return script === 'lost' ? err(SILENCE) : ok(booked)
      }),
    lookup: (key, to) => call(`lookup ${key}`, to, () => ok(books.get(key))),
    void: (key, to) =>
      call(`void ${key}`, to, () => {
        if (!ended(key)) book(key, { state: 'voided' })
        return ok(ended(key) ?? { state: 'voided' })
      }),
    refund: ({ idempotencyKey: key }, to) =>
      call(`refund ${key}`, to, () => {
        gateway.refusals -= 1
        if (gateway.refusals >= 0 || ended(key)?.state !== 'captured') return err(SILENCE)
        if (!gateway.refunds.includes(key)) gateway.refunds.push(key)
        return ok({ state: 'refunded' } as const)
      }),
  }
  return gateway
}
