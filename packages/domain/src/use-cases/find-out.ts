import { ok, type Result, type ResultAsync, safeTry } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import type { GatewayOutcome, Payment, StillPending } from '../rules/payment.ts'
import { isNews, isPastDeadline, mayResend, type Payer } from '../rules/payment-policy.ts'
import { type Conclusion, concludePayment } from './conclude-payment.ts'
import type { TrustedPorts } from './request.ts'

/** What the gateway said of a payment, and the conclusion, where there was something to write down. */
export type Finding = Readonly<{ answer: Answer; conclusion?: Conclusion }>

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
  return answer.isOk() && isNews(payment, answer.value)
    ? { answer, conclusion: await concludePayment(ports, payment, answer.value, actor) }
    : { answer }
}

/**
 * A lookup; and then, of a payment that is `PENDING`, the charge once more if it never arrived, or past the deadline the
 * fence: only its answer ends an attempt that the gateway never decided. Whatever happens between the two questions, one key
 * is one charge, and a fenced key is none. While too much is under way to the gateway no resend joins the queue: its intent
 * is written, so the payment stays as it is, and a later question sends it.
 */
const askGateway = (
  { gateway, clock }: Pick<TrustedPorts, 'gateway' | 'clock'>,
  payment: Payment,
  payer: Payer | undefined,
): ResultAsync<GatewayOutcome | StillPending | undefined, OutcomeUnknown> =>
  safeTry(async function* () {
    const seen = yield* gateway.lookup(payment.id)
    const now = clock.now()
    if (seen === undefined && payer && mayResend(payment, now, payer) && gateway.isAvailable())
      return gateway.charge(payment)
    const undecided = seen === undefined || seen.state === 'pending'
    const mayFence = payment.state === 'PENDING' && isPastDeadline(payment, now)
    return undecided && mayFence ? gateway.void(payment.id) : ok(seen)
  })
