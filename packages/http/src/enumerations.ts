import { z } from 'zod'

/** One of a few words, with a sentence for each. */
const oneOf = <Words extends Readonly<Record<string, string>>>(what: string, words: Words) =>
  z.enum(Object.keys(words) as (keyof Words & string)[]).meta({
    description: [
      what,
      ...Object.entries(words).map(([word, meaning]) => `\`${word}\`: ${meaning}`),
    ].join(' '),
  })

/** Where an order stands. */
export const orderState = oneOf('Where an order stands.', {
  CREATED: 'accepted, its stock held; it waits for payment.',
  ORDER_FAILED: 'a line was short; it holds nothing and can be retried.',
  PAYMENT_IN_PROGRESS: 'an attempt is under way or its outcome not known yet; its stock is held.',
  PAYMENT_DONE: 'paid, and its stock taken; final.',
  PAYMENT_FAILED: 'the attempt failed and its stock was released; it can be paid again.',
  ORDER_CANCELLED: 'cancelled, and its stock released; final.',
}).meta({ id: 'OrderState' })

/** What an order’s user can ask for. */
export const userAction = oneOf('What an order’s user can ask for.', {
  modify: '`PUT /order/{id}`, with other lines.',
  cancel: '`POST /order/cancelorder/{id}`.',
  retryOrder: '`POST /order/retryorder/{id}`.',
  pay: '`POST /payment`.',
  retryPayment: '`POST /retrypayment`.',
}).meta({ id: 'UserAction' })

/** What a row of history records. */
export const historyAction = oneOf('What was done.', {
  create: 'the order was placed.',
  retryOrder: 'it was tried again.',
  cancel: 'it was cancelled.',
  startPayment: 'its first attempt to pay began.',
  paymentSucceeded: 'the money was taken.',
  paymentFailed: 'the attempt failed; `reason` says why.',
  retryPayment: 'a further attempt began.',
  modify: 'it got other lines.',
  letGo: 'it had failed long ago and no longer stands in the way of the same basket.',
})

/** Where a payment stands. */
export const paymentState = oneOf('Where the payment stands.', {
  PENDING: 'under way, or the outcome is not known yet.',
  SUCCEEDED: 'the money was taken; final.',
  FAILED: 'nothing was taken, or what was taken goes back; final.',
})

/** What is known of a payment that is under way. */
export const paymentOutcome = oneOf('What is known of a payment that is under way.', {
  processing: 'the gateway works on it.',
  unknown: 'the gateway gave no usable answer, or was not asked yet.',
  not_seen: 'the gateway has never heard of it: nothing was charged so far.',
}).meta({ id: 'PaymentOutcome' })

/** Where a refund stands. */
export const refundState = oneOf('Whether the money has gone back.', {
  OWED: 'not yet; the gateway is asked until it confirms it.',
  CONFIRMED: 'the gateway has given it back.',
})
