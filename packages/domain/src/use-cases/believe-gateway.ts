import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type {
  OutcomeUnknown,
  PaymentGateway,
  Refunded,
  RefundRequest,
  Told,
} from '../ports/payment-gateway.ts'
import type { Store } from '../ports/store.ts'
import { refuseInsideTransaction } from '../ports/transaction-guard.ts'
import { foreignGateway, isBelieved } from '../rules/gateway-binding.ts'
import type { GatewayOutcome, Payment, StillPending } from '../rules/payment.ts'

/** Who answered, and whom the database believes at that moment: `undefined` for nobody. */
export type HeardGateway = Readonly<{ gatewayId: string; boundTo: string | undefined }>

/** The gateway as the use cases see it: each answer is of the one that the database is bound to. */
export type BelievedGateway = Readonly<{
  /** Whether a charge would be sent now, and to the right one. */
  isAvailable(): boolean
  /** Whether the right one was the last that was heard of, if anybody was. */
  isConfirmed(): boolean
  /** Asks who answers, whether or not the database believes it. */
  whoAnswers(): Promise<Result<HeardGateway, OutcomeUnknown>>
  /**
   * Charges what the attempt says, under its own id: there is no other key and no other amount, so that a charge which is
   * sent again is the same one. `boundTo`, where the claim has just read it: nothing stands between the two any more.
   */
  charge(
    attempt: Pick<Payment, 'id' | 'amount' | 'paymentMethod'>,
    boundTo?: string,
  ): ResultAsync<GatewayOutcome | StillPending, OutcomeUnknown>
  lookup(key: string): ResultAsync<GatewayOutcome | StillPending | undefined, OutcomeUnknown>
  void(key: string): ResultAsync<GatewayOutcome, OutcomeUnknown>
  refund(request: RefundRequest): ResultAsync<Refunded, OutcomeUnknown>
}>

/** What it takes to tell whom to believe. `onGateway` hears of everybody who answers. */
export type Believer = Readonly<{
  store: Pick<Store, 'boundGateway'>
  gateway: PaymentGateway
  onGateway?: ((heard: HeardGateway) => void) | undefined
}>

/**
 * The only way to the gateway. Whom the database believes is read before each question, because it may be bound
 * meanwhile (before a charge, in the transaction that claims it); the question names the one that it is meant for, and what
 * another one answers is no answer. So money that moved at one gateway is never judged by another, which would say that it
 * never saw the charge.
 */
export const believeGateway = ({ store, gateway, onGateway }: Believer): BelievedGateway => {
  let last: 'right' | 'wrong' | undefined
  const hear = (boundTo: string | undefined, gatewayId: string | undefined) => {
    if (gatewayId === undefined) return
    last = isBelieved(boundTo, gatewayId) ? 'right' : 'wrong'
    onGateway?.({ gatewayId, boundTo })
  }
  const ask = <T>(
    question: (boundTo: string) => ResultAsync<Told<T>, OutcomeUnknown>,
    known?: string,
  ): ResultAsync<T, OutcomeUnknown> => {
    refuseInsideTransaction()
    const asked = async (): Promise<Result<T, OutcomeUnknown>> => {
      const boundTo = known ?? (await store.boundGateway())
      if (boundTo === undefined) {
        last = 'wrong'
        return unknown('The database is bound to no gateway yet, so none was asked.')
      }
      const told = await question(boundTo)
      hear(boundTo, told.isOk() ? told.value.gatewayId : told.error.gatewayId)
      if (told.isErr()) return err(told.error)
      const { gatewayId, answer } = told.value
      return isBelieved(boundTo, gatewayId)
        ? ok(answer)
        : unknown(foreignGateway(boundTo, gatewayId).detail)
    }
    return new ResultAsync(asked())
  }
  return {
    isAvailable: () => last !== 'wrong' && gateway.isAvailable(),
    isConfirmed: () => last === 'right',
    whoAnswers: async () => {
      const boundTo = await store.boundGateway()
      if (boundTo === undefined) last = 'wrong'
      const gatewayId = await gateway.identify()
      hear(boundTo, gatewayId.isOk() ? gatewayId.value : gatewayId.error.gatewayId)
      return gatewayId.map((id) => ({ gatewayId: id, boundTo }))
    },
    charge: ({ id: idempotencyKey, amount, paymentMethod }, known) =>
      ask((boundTo) => gateway.charge({ idempotencyKey, amount, paymentMethod }, boundTo), known),
    lookup: (key) => ask((boundTo) => gateway.lookup(key, boundTo)),
    void: (key) => ask((boundTo) => gateway.void(key, boundTo)),
    refund: (request) => ask((boundTo) => gateway.refund(request, boundTo)),
  }
}

const unknown = (detail: string) => err<never, OutcomeUnknown>({ code: 'outcome_unknown', detail })
