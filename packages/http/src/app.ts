import type { AuthConfiguration } from '@holdfast/adapters'
import { type Clock, type Store, StoreUnavailable, type UseCases } from '@holdfast/domain'
import { Router } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import type { Logger } from 'pino'
import { type Caller, identifyLocally, loopbackHostOnly } from './identity.ts'
import { notificationRoutes } from './notification-routes.ts'
import { orderRoutes } from './order-routes.ts'
import { paymentRoutes } from './payment-routes.ts'
import { productRoutes } from './product-routes.ts'
import { refuseStrangeTargets, refuseUnrouted } from './routing.ts'
import { sendProblem } from './send-problem.ts'
import { serviceRoutes } from './service-routes.ts'
import { identifyByToken } from './token-identity.ts'

/** What the service is made of. */
export type AppParts = Readonly<{
  useCases: UseCases
  store: Pick<Store, 'ping'>
  log: Logger
  auth: AuthConfiguration
  clock: Clock
  gatewaySecret: string | undefined
}>

/** The REST service as a Koa application. */
export const createApp = ({ useCases, store, log, auth, clock, gatewaySecret }: AppParts): Koa => {
  const signedIn = new Router<{ caller: Caller }>()
    .use(auth.kind === 'local' ? identifyLocally : identifyByToken(auth))
    .use(orderRoutes(useCases).routes())
    .use(paymentRoutes(useCases).routes())
    .use(productRoutes(useCases).routes())
  const open = serviceRoutes({ store, auth })
  const notified = notificationRoutes({ useCases, secret: gatewaySecret, clock })

  const app = new Koa()
  app.on('error', (error) => log.error({ err: error }, 'A response could not be sent'))
  app.use(answerFailures(log))
  app.use(refuseStrangeTargets)
  if (auth.kind === 'local') app.use(loopbackHostOnly)
  app.use(open.routes())
  app.use(notified.routes())
  app.use(signedIn.routes())
  app.use(refuseUnrouted([...open.stack, ...notified.stack, ...signedIn.stack]))
  return app
}

/** Turns what is thrown into a problem: an outage into 503, everything else, which is a bug, into 500. */
const answerFailures =
  (log: Logger): Middleware =>
  async (ctx, next) => {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    try {
      await next()
    } catch (error) {
      if (ctx.req.destroyed && !ctx.req.complete) return // The client has left in the middle of its request.
      const outage = error instanceof StoreUnavailable
      log[outage ? 'warn' : 'error']({ err: error, path: ctx.path }, 'A request failed')
      sendProblem(
        ctx,
        outage
          ? { code: 'store_unavailable', detail: 'The database is out of reach or too busy.' }
          : { code: 'internal_error', detail: 'The service has a bug; it was logged.' },
      )
    }
  }
