import { err, ok, ResultAsync } from 'neverthrow'
import { type Caller, isCaller, userOf } from '../rules/caller.ts'
import type { Payment, PaymentNotFound } from '../rules/payment.ts'
import { anId } from '../rules/request-shape.ts'
import { checked } from './checked.ts'
import type { Ports } from './request.ts'

/** A payment to look at. */
export type GetPayment = Readonly<{ by: Caller; paymentId: string }>

/** One attempt to pay, if its order is the caller's. */
export const getPayment = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    { by: isCaller, paymentId: anId },
    ({ by, paymentId }: GetPayment): ResultAsync<Payment, PaymentNotFound> =>
      new ResultAsync(
        store.findOrder({ paymentId, userId: userOf(by) }).then((order) => {
          const payment = order?.payments.find(({ id }) => id === paymentId)
          return payment ? ok(payment) : err(paymentNotFound(paymentId))
        }),
      ),
  )

/** The same answer whether the payment does not exist or is somebody else's. */
export const paymentNotFound = (paymentId: string): PaymentNotFound => ({
  code: 'payment_not_found',
  detail: `No payment of yours has the id ${paymentId}.`,
})
