import { ok, type Result, type ResultAsync, safeTry } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import {
  type GatewayOutcome,
  outcomeOf,
  type Payment,
  type PaymentOutcome,
  type StillPending,
} from '../rules/payment.ts'
import { isNews, isPastDeadline, mayResend, type Payer } from '../rules/payment-policy.ts'
import { type Conclusion, concludePayment } from './conclude-payment.ts'
import type { TrustedPorts } from './request.ts'

/** What the gateway said of a payment: its conclusion, where there was one to write down, and else what it comes to so far. */
export type Finding = Readonly<{
  answer: Answer
  conclusion?: Conclusion
  outcome: PaymentOutcome | null
}>

type Answer = Result<GatewayOutcome | StillPending | undefined, OutcomeUnknown>

/**
 * Asks the gateway what became of a payment, and writes it down. `payer` is for whom a charge that never arrived is sent
 * again; nobody where it is only looked at.
 */
export const findOut = async (
  ports: TrustedPorts,
  payment: Payment,
  actor: string,
  payer?: Payer,
): Promise<Finding> => {
  const answer = await askGateway(ports, payment, payer)
  return writeDown(ports, payment, answer, actor, payer !== undefined)
}

/** Writes down what the gateway said of a payment; of one that goes on only where somebody pays, who wants to be told. */
export const writeDown = async (
  ports: Pick<TrustedPorts, 'store' | 'clock'>,
  payment: Payment,
  answer: Answer,
  actor: string,
  pays = true,
): Promise<Finding> => {
  if (answer.isOk() && isNews(payment, answer.value)) {
    const conclusion = await concludePayment(ports, payment, answer.value, actor)
    const { state, outcome } = conclusion.payment
    return { answer, outcome, ...(state !== 'PENDING' && { conclusion }) } // It may be left to an edit.
  }
  const outcome = payment.state === 'PENDING' ? outcomeOf(answer) : null
  if (pays && outcome && outcome !== payment.outcome)
    await ports.store.noteOutcome(payment.id, outcome)
  return { answer, outcome }
}

/**
 * A lookup; and then, of a payment that is `PENDING`, the charge once more if it never arrived, or past the deadline the
 * fence: only its answer ends an attempt that the gateway never decided. Whatever happens between the two questions, one key
 * is one charge, and a fenced key is none. That holds at one gateway only: a charge is sent again while the database is bound to
 * the one that it was claimed for. While too much is under way to the gateway no resend joins the queue: its intent is written,
 * so the payment stays as it is, and a later question sends it.
 */
const askGateway = (
  { store, gateway, clock }: Pick<TrustedPorts, 'store' | 'gateway' | 'clock'>,
  payment: Payment,
  payer: Payer | undefined,
): ResultAsync<GatewayOutcome | StillPending | undefined, OutcomeUnknown> =>
  safeTry(async function* () {
    const seen = yield* gateway.lookup(payment.id)
    const now = clock.now()
    const isMissing = seen === undefined && payer && mayResend(payment, now, payer)
    if (isMissing && gateway.isAvailable()) {
      const boundTo = await store.boundGateway()
      if (boundTo !== undefined && boundTo === payment.gatewayId)
        return gateway.charge(payment, boundTo)
    }
    const undecided = seen === undefined || seen.state === 'pending'
    const mayFence = payment.state === 'PENDING' && isPastDeadline(payment, now)
    return undecided && mayFence ? gateway.void(payment.id) : ok(seen)
  })
