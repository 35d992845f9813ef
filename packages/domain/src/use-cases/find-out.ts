import { ok, type Result, type ResultAsync, safeTry } from 'neverthrow'
import type { OutcomeUnknown } from '../ports/payment-gateway.ts'
import type { GatewayOutcome, Payment, StillPending } from '../rules/payment.ts'
import { isNews, isPastDeadline } from '../rules/payment-policy.ts'
import { type Conclusion, concludePayment } from './conclude-payment.ts'
import type { TrustedPorts } from './request.ts'

/** What the gateway said of a payment, and the conclusion, where there was something to write down. */
export type Finding = Readonly<{ answer: Answer; conclusion?: Conclusion }>

type Answer = Result<GatewayOutcome | StillPending | undefined, OutcomeUnknown>

/** Asks the gateway what became of a payment, and writes it down. */
export const findOut = async (
  ports: TrustedPorts,
  payment: Payment,
  actor: string,
): Promise<Finding> => {
  const answer = await askGateway(ports, payment)
  return answer.isOk() && isNews(payment, answer.value)
    ? { answer, conclusion: await concludePayment(ports, payment, answer.value, actor) }
    : { answer }
}

/**
 * A lookup, and past the deadline of a payment that is `PENDING` the fence as well: only its answer ends an attempt that
 * the gateway never decided.
 */
const askGateway = (
  { gateway, clock }: Pick<TrustedPorts, 'gateway' | 'clock'>,
  payment: Payment,
): ResultAsync<GatewayOutcome | StillPending | undefined, OutcomeUnknown> =>
  safeTry(async function* () {
    const seen = yield* gateway.lookup(payment.id)
    const undecided = seen === undefined || seen.state === 'pending'
    const mayFence = payment.state === 'PENDING' && isPastDeadline(payment, clock.now())
    return undecided && mayFence ? gateway.void(payment.id) : ok(seen)
  })
