import { verifyNotification } from '@holdfast/adapters'
import type { Clock, UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import { ResultAsync } from 'neverthrow'
import { jsonOf, readBytes } from './read-json.ts'
import { notificationBody } from './request-schemas.ts'
import { checkBody } from './requests.ts'
import { exactPaths } from './routing.ts'
import { sendProblem } from './send-problem.ts'

/** What notifications are received with. Without a `secret` none is believed. */
export type NotificationParts = Readonly<{
  useCases: Pick<UseCases, 'acceptNotification'>
  secret: string | undefined
  clock: Clock
}>

/**
 * What a gateway reports of its own accord. Whoever cannot sign it learns nothing and leaves nothing behind; what is
 * signed is stored before it is answered, and an outage answers 503, so that the gateway sends it again.
 */
export const notificationRoutes = ({ useCases, secret, clock }: NotificationParts): Router =>
  new Router(exactPaths).post('/gateway/notification', async (ctx) => {
    const header = ctx.get('Gateway-Signature') || undefined
    const accepted = await new ResultAsync(readBytes(ctx))
      .andThrough((bytes) => verifyNotification(secret, header, bytes, clock.now()))
      .andThen((bytes) => jsonOf(ctx, bytes))
      .andThen((json) => checkBody(notificationBody, json ?? {}))
      .andThen(({ eventId, type, idempotencyKey }) =>
        useCases.acceptNotification({ eventId, type, paymentId: idempotencyKey }),
      )
    if (accepted.isErr()) {
      if (accepted.error.code === 'invalid_signature')
        ctx.set('WWW-Authenticate', 'Gateway-Signature')
      return sendProblem(ctx, accepted.error)
    }
    ctx.status = 204
  })
