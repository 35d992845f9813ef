import { okAsync, ResultAsync } from 'neverthrow'
import { actorOf } from '../rules/caller.ts'
import type { PaymentOutcome } from '../rules/payment.ts'
import { anId, objectOf, optional, text, wholeNumber } from '../rules/request-shape.ts'
import { areLines, checked, conditional, written } from './checked.ts'
import {
  type Claim,
  type ClaimPaymentError,
  claimPayment,
  type PaymentRequest,
  type RetryPayment,
} from './claim-payment.ts'
import { type Finding, findOut, writeDown } from './find-out.ts'
import type { TrustedPorts } from './request.ts'

/**
 * Charges for an order once, however often the request is repeated. The gateway is called between two transactions,
 * never inside one: a crash at any line leaves a `PENDING` payment, which `reconcilePayments` finishes.
 *
 * Look at the state of the payment that comes back: `SUCCEEDED`, `FAILED` where it was declined, or `PENDING` where
 * the gateway has not told us yet.
 */
export const payOrder = (
  ports: TrustedPorts,
): ((request: PaymentRequest) => ResultAsync<Claim, ClaimPaymentError>) =>
  claimAndCharge(ports, 'pay')

/**
 * Claims an attempt, and charges if this very request began it. Whoever else meets one under way, a repeated request too,
 * asks the gateway what has become of it; a charge that never arrived there is sent again.
 */
export const claimAndCharge = (ports: TrustedPorts, action: 'pay' | 'retryPayment') =>
  checked(
    shape,
    (request: RetryPayment): ResultAsync<Claim, ClaimPaymentError> =>
      claimPayment(ports, request, action).andThen(({ begun, repeated, ...claim }) => {
        if (claim.payment.state !== 'PENDING') return okAsync(claim)
        const actor = actorOf(request.by)
        const learnt = begun
          ? charge(ports, claim, begun.boundTo, actor)
          : findOut(ports, claim.payment, actor, 'customer')
        return ResultAsync.fromSafePromise(learnt).andThen(({ conclusion, outcome }) => {
          // Unknown is not failed.
          if (!conclusion) {
            return okAsync({ ...withOutcome(claim, outcome), ...(repeated && { repeated }) })
          }
          const { byOther, ...ended } = conclusion
          const { idempotency } = request
          if (repeated) idempotency?.onReplay?.()
          if (!byOther || !idempotency) return okAsync(ended)
          // Somebody else wrote the end down, and the order may have gone on: the key has the answer as it was then.
          const { key, fingerprint } = idempotency // Whether this is a replay has been told.
          return claimPayment(ports, { ...request, idempotency: { key, fingerprint } }, action)
        })
      }),
  )

const shape = {
  ...written,
  ...conditional,
  orderId: anId,
  paymentMethod: optional(text()),
  lines: optional(areLines),
  expectedTotal: optional(objectOf({ amountMinor: wholeNumber(), currency: text() })),
}

/** The second and third step of paying: asks the gateway for the money, and writes its answer down, if it has one. */
const charge = async (
  ports: TrustedPorts,
  { payment }: Claim,
  boundTo: string,
  actor: string,
): Promise<Finding> => {
  const answer = await ports.gateway.charge(payment, boundTo)
  return writeDown(ports, payment, answer, actor)
}

const withOutcome = ({ payment, order }: Claim, outcome: PaymentOutcome | null): Claim => {
  const told = { ...payment, outcome }
  const payments = order.payments.map((each) => (each.id === told.id ? told : each))
  return { payment: told, order: { ...order, payments } }
}
