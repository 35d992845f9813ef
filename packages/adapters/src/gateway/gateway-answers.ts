import type {
  ChargeRequest,
  GatewayOutcome,
  Money,
  OutcomeUnknown,
  Refunded,
  RefundRequest,
  StillPending,
} from '@holdfast/domain'
import { err, ok, type Result } from 'neverthrow'
import type { z } from 'zod'
import type { GatewayReply } from './exchange.ts'
import {
  type ChargeAnswer,
  chargeAnswer,
  identityAnswer,
  refundAnswer,
  refundRefusedAnswer,
  unseenAnswer,
} from './gateway-wire.ts'

/** The gateway answered, and did not give the money back. */
export type NotRefunded = Readonly<{ state: 'refused'; detail: string }>

/** Who the gateway says it is. */
export const believeIdentity = ({
  status,
  gatewayId,
  body,
}: GatewayReply): Result<string, OutcomeUnknown> => {
  const read = identityAnswer.safeParse(status === 200 ? body : undefined)
  return read.success && read.data.gatewayId === gatewayId
    ? ok(read.data.gatewayId)
    : unknown('The gateway does not say who it is.')
}

/** What a charge was answered with, if it is an answer to this very charge. */
export const believeCharge = (
  reply: GatewayReply,
  { idempotencyKey, amount }: ChargeRequest,
): Result<GatewayOutcome | StillPending, OutcomeUnknown> =>
  believe(reply, 200, chargeAnswer, idempotencyKey)
    .andThen((answer) => (isOfAmount(answer, amount) ? ok(answer) : unknown(OTHER_AMOUNT)))
    .map(outcomeOf)

/** What a lookup was answered with. "Never seen" has to be the gateway's own word: other 404s come from elsewhere. */
export const believeLookup = (
  reply: GatewayReply,
  idempotencyKey: string,
): Result<GatewayOutcome | StillPending | undefined, OutcomeUnknown> =>
  reply.status === 404
    ? believe(reply, 404, unseenAnswer, idempotencyKey).map(() => undefined)
    : believe(reply, 200, chargeAnswer, idempotencyKey).map(outcomeOf)

/** What a void was answered with, which has to be an end. */
export const believeVoid = (
  reply: GatewayReply,
  idempotencyKey: string,
): Result<GatewayOutcome, OutcomeUnknown> =>
  believe(reply, 200, chargeAnswer, idempotencyKey)
    .map(outcomeOf)
    .andThen((outcome) =>
      outcome.state === 'pending' ? unknown('The gateway did not void the charge.') : ok(outcome),
    )

/** What a refund was answered with. A refusal is an answer, too: the gateway is there. */
export const believeRefund = (
  reply: GatewayReply,
  { idempotencyKey, amount }: RefundRequest,
): Result<Refunded | NotRefunded, OutcomeUnknown> =>
  reply.status === 409
    ? believe(reply, 409, refundRefusedAnswer, idempotencyKey).map(({ detail }) => ({
        state: 'refused',
        detail,
      }))
    : believe(reply, 200, refundAnswer, idempotencyKey).andThen((answer) =>
        isOfAmount(answer, amount) ? ok({ state: 'refunded' } as const) : unknown(OTHER_AMOUNT),
      )

const OTHER_AMOUNT = 'The gateway answered for another amount.'

const believe = <T extends Readonly<{ idempotencyKey: string }>>(
  { status, body }: GatewayReply,
  expectedStatus: number,
  shape: z.ZodType<T>,
  idempotencyKey: string,
): Result<T, OutcomeUnknown> => {
  if (status !== expectedStatus) return unknown(`The gateway answered ${status}.`)
  const read = shape.safeParse(body)
  if (!read.success) return unknown('The gateway answered with something that is no answer.')
  return read.data.idempotencyKey === idempotencyKey
    ? ok(read.data)
    : unknown('The gateway answered for another charge.')
}

/** A key that was voided before it was charged has no amount; everything else is of the amount that was asked for. */
const isOfAmount = (answer: Readonly<{ state: string; amount: Money | null }>, asked: Money) =>
  answer.amount === null
    ? answer.state === 'voided'
    : answer.amount.amountMinor === asked.amountMinor && answer.amount.currency === asked.currency

const outcomeOf = (answer: ChargeAnswer): GatewayOutcome | StillPending =>
  answer.state === 'declined'
    ? { state: answer.state, code: answer.code, detail: answer.detail }
    : { state: answer.state }

const unknown = (detail: string) => err<never, OutcomeUnknown>({ code: 'outcome_unknown', detail })
