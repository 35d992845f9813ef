import type { Claim, UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { type Caller, readerOf } from './identity.ts'
import { paymentRequestBody, retryPaymentBody } from './request-schemas.ts'
import { readConditional } from './requests.ts'
import { paymentBody } from './responses.ts'
import { exactPaths } from './routing.ts'
import { sendJson } from './send-json.ts'
import { sendProblem } from './send-problem.ts'

/** The reconciler's first question comes two seconds after the claim; nothing is known before. */
const ASK_AGAIN_AFTER_S = '2'

/** Payments: pay, retry and read. */
export const paymentRoutes = ({
  payOrder,
  retryPayment,
  getPayment,
}: Pick<UseCases, 'payOrder' | 'retryPayment' | 'getPayment'>): Router<{ caller: Caller }> =>
  new Router<{ caller: Caller }>(exactPaths)
    .post('/payment', async (ctx) => {
      const paid = await readConditional(ctx, paymentRequestBody).andThen(payOrder)
      if (paid.isErr()) return sendProblem(ctx, paid.error)
      sendPayment(ctx, paid.value)
    })
    .post('/retrypayment', async (ctx) => {
      const paid = await readConditional(ctx, retryPaymentBody).andThen(retryPayment)
      if (paid.isErr()) return sendProblem(ctx, paid.error)
      sendPayment(ctx, paid.value)
    })
    .get('/payment/:paymentId', async (ctx) => {
      const by = readerOf(ctx.state.caller)
      const found = await getPayment({ by, paymentId: ctx.params['paymentId'] ?? '' })
      if (found.isErr()) return sendProblem(ctx, found.error)
      sendJson(ctx, paymentBody(found.value))
    })

const sendPayment = (ctx: Context, { payment, order }: Claim): void => {
  ctx.set('Location', `/payment/${payment.id}`)
  if (payment.state === 'FAILED') {
    const detail = payment.failure?.detail ?? 'The payment failed.'
    sendProblem(ctx, { code: 'payment_declined', detail, payment, order })
    return
  }
  if (payment.state === 'PENDING') ctx.set('Retry-After', ASK_AGAIN_AFTER_S)
  sendJson(ctx, paymentBody(payment), payment.state === 'PENDING' ? 202 : 201)
}
