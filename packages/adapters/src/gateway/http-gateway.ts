import {
  type ChargeRequest,
  type Clock,
  type OutcomeUnknown,
  type PaymentGateway,
  refuseInsideTransaction,
} from '@holdfast/domain'
import { type BulkheadPolicy, BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel'
import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import { limitTo, realSleep, type Sleep } from './answer-within.ts'
import { type Circuit, createCircuit } from './circuit.ts'
import type { GatewayReply } from './exchange.ts'
import { believeCharge, believeLookup, believeRefund, believeVoid } from './gateway-answers.ts'
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
  const circuit = createCircuit(clock)
  const charges = bulkhead(MOST_CHARGES, MOST_WAITING)
  const questions = bulkhead(MOST_QUESTIONS, MOST_WAITING)

  const through =
    (room: BulkheadPolicy, guard: Circuit['ask']) =>
    <T>(
      request: Parameters<typeof send>[0],
      believe: (reply: GatewayReply) => Result<T, OutcomeUnknown>,
    ): ResultAsync<T, OutcomeUnknown> => {
      refuseInsideTransaction()
      return limit((signal) => {
        const ask = async () => (await send(request, signal)).andThen(believe)
        return room.execute(() => guard(ask), signal).catch(refusal)
      })
    }
  const charge = through(charges, circuit.charge)
  const ask = through(questions, circuit.ask)

  return {
    isAvailable: () => circuit.isClosed() && charges.executionSlots > 0,
    charge: (request) =>
      charge({ method: 'POST', path: 'charge', body: bodyOf(request) }, (reply) =>
        believeCharge(reply, request),
      ),
    lookup: (key) =>
      ask({ method: 'GET', path: pathOf(key) }, (reply) => believeLookup(reply, key)),
    void: (key) =>
      ask({ method: 'POST', path: `${pathOf(key)}/void` }, (reply) => believeVoid(reply, key)),
    refund: (request) => {
      const { amount, idempotencyKey } = request
      const path = `${pathOf(idempotencyKey)}/refund`
      return ask({ method: 'POST', path, body: { amount } }, (reply) =>
        believeRefund(reply, request),
      ).andThen((answer) => (answer.state === 'refunded' ? ok(answer) : unknown(answer.detail)))
    },
  }
}

const bodyOf = ({ idempotencyKey, amount, paymentMethod }: ChargeRequest) => ({
  idempotencyKey,
  amount,
  paymentMethod,
})

const pathOf = (idempotencyKey: string): string => `charge/${encodeURIComponent(idempotencyKey)}`

const unknown = (detail: string) => err<never, OutcomeUnknown>({ code: 'outcome_unknown', detail })

/** There was no room, or none until it was too late. Everything else that is thrown is a bug. */
const refusal = (error: unknown) => {
  if (error instanceof BulkheadRejectedError || error instanceof TaskCancelledError) {
    return unknown('Too much is under way to the gateway; nothing was sent.')
  }
  throw error
}
