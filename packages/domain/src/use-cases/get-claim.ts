import { err, ok, type ResultAsync } from 'neverthrow'
import { type Caller, userOf } from '../rules/caller.ts'
import type { IdempotencyKeyReused } from '../rules/idempotency.ts'
import type { PaymentNotFound } from '../rules/payment.ts'
import { anId } from '../rules/request-shape.ts'
import { type Attempt, answerOnce } from './answer-once.ts'
import { checked, written } from './checked.ts'
import type { Claim } from './claim-payment.ts'
import { paymentOf } from './conclude-payment.ts'
import { paymentNotFound } from './get-payment.ts'
import type { IdempotencyClaim, Ports } from './request.ts'

/** A payment that a request has begun or met, and the key that the request carried. */
export type GetClaim = Readonly<{
  by: Caller
  paymentId: string
  idempotency?: IdempotencyClaim | undefined
}>

/**
 * What a request to pay is answered by now, for one that waited: what its key keeps, else the payment and its order as they
 * stand. It begins nothing, asks nobody and remembers nothing: repeating the request could begin another attempt.
 */
export const getClaim = ({ store, clock, settings }: Pick<Ports, 'store' | 'clock' | 'settings'>) =>
  checked(
    { ...written, paymentId: anId },
    ({
      paymentId,
      ...request
    }: GetClaim): ResultAsync<Claim, PaymentNotFound | IdempotencyKeyReused> =>
      answerOnce(
        { store, settings },
        request,
        clock.now(),
        { order: { paymentId, userId: userOf(request.by) } },
        ({ order }): Attempt<Claim, PaymentNotFound> => {
          if (!order) return { result: err(paymentNotFound(paymentId)) }
          return { result: ok({ payment: paymentOf(order, paymentId), order }), interim: true }
        },
      ),
  )
