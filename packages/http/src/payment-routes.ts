import type { Claim, Clock, GetClaim, Payment, UseCases, WriteRequest } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { type Caller, readerOf, type SignedIn } from './identity.ts'
import type { Waiting } from './prefer-wait.ts'
import { paymentRequestBody, retryPaymentBody } from './request-schemas.ts'
import { readConditional } from './requests.ts'
import { paymentBody } from './responses.ts'
import { exactPaths } from './routing.ts'
import { sendJson } from './send-json.ts'
import { secondsOf, sendProblem } from './send-problem.ts'

/** Payments: pay, retry and read. */
export const paymentRoutes = (
  { payOrder, retryPayment, getClaim, getPayment }: UseCases,
  clock: Clock,
  waiting: Waiting,
): Router<{ caller: Caller }> => {
  const pay =
    <Schema extends typeof paymentRequestBody>(schema: Schema, charge: UseCases['retryPayment']) =>
    async (ctx: SignedIn) => {
      const asked = await readConditional(ctx, schema)
      if (asked.isErr()) return sendProblem(ctx, asked.error)
      const request = asked.value
      const paid = await waiting(
        ctx,
        () => charge(request),
        ({ payment }) => payment,
        ({ payment, repeated }) => getClaim(claimOf(request, payment.id, repeated)),
      )
      if (paid.isErr()) return sendProblem(ctx, paid.error)
      sendPayment(ctx, paid.value, clock.now())
    }
  return new Router<{ caller: Caller }>(exactPaths)
    .post('/payment', pay(paymentRequestBody, payOrder))
    .post('/retrypayment', pay(retryPaymentBody, retryPayment))
    .get('/payment/:paymentId', async (ctx) => {
      const by = readerOf(ctx.state.caller)
      const read = () => getPayment({ by, paymentId: ctx.params['paymentId'] ?? '' })
      const found = await waiting(ctx, read, (payment) => payment, read)
      if (found.isErr()) return sendProblem(ctx, found.error)
      sendJson(ctx, paymentBody(found.value))
    })
}

/** The first request under a key that waits for its answer gets no replay: nobody has had that answer before. */
const claimOf = (
  { by, idempotency }: WriteRequest,
  paymentId: string,
  repeated: true | undefined,
): GetClaim => {
  if (!idempotency || repeated) return { by, paymentId, idempotency }
  const { key, fingerprint } = idempotency
  return { by, paymentId, idempotency: { key, fingerprint } }
}

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
