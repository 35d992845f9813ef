import type { Claim, Clock, Payment, UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { type Caller, readerOf } from './identity.ts'
import { paymentRequestBody, retryPaymentBody } from './request-schemas.ts'
import { readConditional } from './requests.ts'
import { paymentBody } from './responses.ts'
import { exactPaths } from './routing.ts'
import { sendJson } from './send-json.ts'
import { secondsOf, sendProblem } from './send-problem.ts'

/** Payments: pay, retry and read. */
export const paymentRoutes = (
  { payOrder, retryPayment, getPayment }: UseCases,
  clock: Clock,
): Router<{ caller: Caller }> =>
  new Router<{ caller: Caller }>(exactPaths)
    .post('/payment', async (ctx) => {
      const paid = await readConditional(ctx, paymentRequestBody).andThen(payOrder)
      if (paid.isErr()) return sendProblem(ctx, paid.error)
      sendPayment(ctx, paid.value, clock.now())
    })
    .post('/retrypayment', async (ctx) => {
      const paid = await readConditional(ctx, retryPaymentBody).andThen(retryPayment)
      if (paid.isErr()) return sendProblem(ctx, paid.error)
      sendPayment(ctx, paid.value, clock.now())
    })
    .get('/payment/:paymentId', async (ctx) => {
      const by = readerOf(ctx.state.caller)
      const found = await getPayment({ by, paymentId: ctx.params['paymentId'] ?? '' })
      if (found.isErr()) return sendProblem(ctx, found.error)
      sendJson(ctx, paymentBody(found.value))
    })

const sendPayment = (ctx: Context, { payment, order }: Claim, now: number): void => {
  ctx.set('Location', `/payment/${payment.id}`)
  if (payment.state === 'FAILED') {
    const detail = payment.failure?.detail ?? 'The payment failed.'
    sendProblem(ctx, { code: problemOf(payment), detail, payment, order })
    return
  }
  // The reconciler asks then, so that a look before it would tell nothing new.
  if (payment.state === 'PENDING' && payment.nextCheckAt !== null)
    ctx.set('Retry-After', secondsOf(payment.nextCheckAt - now))
  sendJson(ctx, paymentBody(payment), payment.state === 'PENDING' ? 202 : 201)
}

/** A decline is the bank's word; an attempt that was fenced at its deadline had none, and may be tried again as it is. */
const problemOf = ({ failure }: Payment): 'payment_declined' | 'payment_timed_out' =>
  failure?.code === 'acknowledgement_timeout' ? 'payment_timed_out' : 'payment_declined'
