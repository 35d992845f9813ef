import { okAsync, ResultAsync } from 'neverthrow'
import {
  type Claim,
  type ClaimPaymentError,
  claimPayment,
  type PaymentRequest,
} from './claim-payment.ts'
import { concludePayment } from './conclude-payment.ts'
import type { Ports } from './request.ts'

/**
 * Charges for an order once, however often the request is repeated. The gateway is called between two transactions,
 * never inside one: a crash at any line leaves a `PENDING` payment, which `reconcilePayments` finishes.
 *
 * Look at the state of the payment that comes back: `SUCCEEDED`, `FAILED` where it was declined, or `PENDING` where
 * the gateway has not told us yet.
 */
export const payOrder =
  (ports: Ports) =>
  (request: PaymentRequest): ResultAsync<Claim, ClaimPaymentError> =>
    claimAndCharge(ports, request, 'pay')

/** Claims an attempt, and charges if this very request began it; anybody else gets the payment as it stands. */
export const claimAndCharge = (
  ports: Ports,
  request: PaymentRequest,
  action: 'pay' | 'retryPayment',
): ResultAsync<Claim, ClaimPaymentError> =>
  claimPayment(ports, request, action).andThen((claim) => {
    if (!claim.begun) return okAsync(claim)
    return ResultAsync.fromSafePromise(charge(ports, claim, request.by.actor)).andThen(
      ({ byOther, ...charged }) =>
        // Somebody else wrote the end down, and the order may have gone on: the key has the answer as it was then.
        byOther && request.idempotency ? claimPayment(ports, request, action) : okAsync(charged),
    )
  })

/** The second and third step of paying: asks the gateway for the money, and writes its answer down. */
const charge = async (
  ports: Ports,
  { payment, order }: Claim,
  actor: string,
): Promise<Claim & { byOther?: boolean }> => {
  const outcome = await ports.gateway.charge({
    idempotencyKey: payment.id,
    amount: payment.amount,
    paymentMethod: payment.paymentMethod,
  })
  if (outcome.isErr() || outcome.value.state === 'pending') {
    return { payment, order } // Unknown is not failed.
  }
  return concludePayment(ports, payment.id, outcome.value, actor)
}
