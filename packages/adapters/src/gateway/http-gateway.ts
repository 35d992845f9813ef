import {
  type ChargeRequest,
  type Clock,
  type OutcomeUnknown,
  type PaymentGateway,
  refuseInsideTransaction,
  type Told,
} from '@holdfast/domain'
import { type BulkheadPolicy, BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel'
import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import { limitTo, realSleep, type Sleep } from './answer-within.ts'
import { type Circuit, createCircuit } from './circuit.ts'
import type { GatewayReply } from './exchange.ts'
import {
  believeCharge,
  believeIdentity,
  believeLookup,
  believeRefund,
  believeVoid,
} from './gateway-answers.ts'
import { MAX_BODY_BYTES } from './gateway-wire.ts'
import { createSender } from './resend.ts'

/** Where the gateway is, and how long it may take to answer in ms. Tests replace time and chance. */
export type HttpGatewayParts = Readonly<{
  url: string
  secret: string | undefined
  timeoutMs: number
  /** Must never jump. */
  clock?: Clock
  pause?: Sleep
  random?: () => number
}>

/** With so many charges under way the gateway is too slow for us: each holds a socket and a customer who waits. */
const MOST_CHARGES = 128

/** The reconciler asks about 50 payments at a time; the rest is for edits, refunds and repeats. A budget of its own. */
const MOST_QUESTIONS = 64

/** Whoever has come so far has written its intent: it rather waits, within its time, than be refused. */
const MOST_WAITING = 1000

/** A gateway that is back answers this in no time. With the gap between two, few are under way at once. */
const PROBE_PATIENCE_MS = 500

const WHO = { method: 'GET', path: 'identity' } as const

/**
 * A gateway that is asked over HTTP, in the protocol of docs/gateway.md. Each call ends within the timeout, resends
 * included; whatever comes that is not a plain answer about this very charge is no answer.
 */
export const createHttpGateway = (parts: HttpGatewayParts): PaymentGateway => {
  const {
    clock = { now: () => performance.now() },
    pause = realSleep,
    random = Math.random,
  } = parts
  const { url, secret } = parts
  const send = createSender({ url, secret, maxBytes: MAX_BODY_BYTES, pause, random })
  const limit = limitTo(parts.timeoutMs, pause)
  const limitProbe = limitTo(Math.min(parts.timeoutMs, PROBE_PATIENCE_MS), pause)
  const circuit = createCircuit(clock)
  const charges = bulkhead(MOST_CHARGES, MOST_WAITING)
  const questions = bulkhead(MOST_QUESTIONS, MOST_WAITING)

  const through =
    (room: BulkheadPolicy, guard: Circuit['ask']) =>
    <T>(
      request: Parameters<typeof send>[0],
      believe: (reply: GatewayReply) => Result<T, OutcomeUnknown>,
    ): ResultAsync<Told<T>, OutcomeUnknown> => {
      refuseInsideTransaction()
      return limit((signal) => {
        const ask = async () =>
          (await send(request, signal)).andThen((reply) => tell(reply, believe(reply)))
        return room.execute(() => guard(ask), signal).catch(refusal)
      })
    }
  const charge = through(charges, circuit.charge)
  const ask = through(questions, circuit.ask)
  /** Beside all that is under way, which may hang: whoever is refused comes again soon, and should find the way open. */
  const probe = async () =>
    limitProbe(async (signal) =>
      (await send(WHO, signal)).andThen((reply) => tell(reply, believeIdentity(reply))),
    )

  return {
    isAvailable: () => {
      if (circuit.isClosed()) return charges.executionSlots > 0
      circuit.probe(probe)
      return false
    },
    identify: () => ask(WHO, believeIdentity).map(({ gatewayId }) => gatewayId),
    charge: (request, meant) =>
      charge({ method: 'POST', path: 'charge', meant, body: bodyOf(request) }, (reply) =>
        believeCharge(reply, request),
      ),
    lookup: (key, meant) =>
      ask({ method: 'GET', path: pathOf(key), meant }, (reply) => believeLookup(reply, key)),
    void: (key, meant) =>
      ask({ method: 'POST', path: `${pathOf(key)}/void`, meant }, (reply) =>
        believeVoid(reply, key),
      ),
    refund: (request, meant) => {
      const { amount, idempotencyKey } = request
      const path = `${pathOf(idempotencyKey)}/refund`
      return ask({ method: 'POST', path, meant, body: { amount } }, (reply) =>
        believeRefund(reply, request),
      ).andThen(({ gatewayId, answer }) =>
        answer.state === 'refunded'
          ? ok({ gatewayId, answer })
          : err({ code: 'outcome_unknown' as const, detail: answer.detail, gatewayId }),
      )
    },
  }
}

const bodyOf = ({ idempotencyKey, amount, paymentMethod }: ChargeRequest) => ({
  idempotencyKey,
  amount,
  paymentMethod,
})

const pathOf = (idempotencyKey: string): string => `charge/${encodeURIComponent(idempotencyKey)}`

/** An answer together with who gave it: what nobody signs is nobody's answer. */
const tell = <T>(
  { gatewayId }: GatewayReply,
  believed: Result<T, OutcomeUnknown>,
): Result<Told<T>, OutcomeUnknown> => {
  if (gatewayId === undefined) return unknown('Whoever answered does not say which gateway it is.')
  return believed
    .map((answer) => ({ gatewayId, answer }))
    .mapErr((silence) => ({ ...silence, gatewayId }))
}

const unknown = (detail: string) => err<never, OutcomeUnknown>({ code: 'outcome_unknown', detail })

/** There was no room, or none until it was too late. Everything else that is thrown is a bug. */
const refusal = (error: unknown) => {
  if (error instanceof BulkheadRejectedError || error instanceof TaskCancelledError) {
    return unknown('Too much is under way to the gateway; nothing was sent.')
  }
  throw error
}
