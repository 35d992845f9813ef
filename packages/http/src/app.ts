import type { AuthConfiguration, RateLimits } from '@holdfast/adapters'
import {
  type Clock,
  type PaymentGateway,
  type Store,
  StoreUnavailable,
  type UseCases,
} from '@holdfast/domain'
import { Router } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { compression } from './compression.ts'
import { limitBadSignatures, limitStrangers } from './defence/limits.ts'
import type { Load } from './defence/load.ts'
import { serveOrigins } from './defence/other-origins.ts'
import { securityHeaders } from './defence/security-headers.ts'
import { type Caller, identifyLocally, loopbackHostOnly, signIn } from './identity.ts'
import { notificationRoutes } from './notification-routes.ts'
import { probeRoutes } from './operation/probe-routes.ts'
import { requestSpans } from './operation/spans.ts'
import { type RequestWatch, watchRequests } from './operation/watch-requests.ts'
import type { WriteWatch } from './operation/write-watch.ts'
import { orderRoutes } from './order-routes.ts'
import { paymentRoutes } from './payment-routes.ts'
import { createWaiting } from './prefer-wait.ts'
import { productRoutes } from './product-routes.ts'
import type { PublishedKeys } from './published-keys.ts'
import { refuseStrangeTargets, refuseUnrouted } from './routing.ts'
import { sendProblem } from './send-problem.ts'
import { serviceRoutes } from './service-routes.ts'
import { identifyByToken } from './token-identity.ts'
import type { Timers, WaitingRoom } from './waiting-room.ts'

/** What the service is made of. */
export type AppParts = RequestWatch &
  Readonly<{
    useCases: UseCases
    store: Pick<Store, 'ping'>
    gateway: Pick<PaymentGateway, 'isAvailable'>
    writing: Pick<WriteWatch, 'notSince'>
    auth: AuthConfiguration
    /** Those at JWKS_URL, where the configuration names one. */
    keys: PublishedKeys | undefined
    corsOrigins: readonly string[]
    clock: Clock
    gatewaySecret: string | undefined
    rateLimits: RateLimits
    load: Load
    room: WaitingRoom
    timers: Timers
  }>

/**
 * The REST service as a Koa application, from the outside in: what is written about every request, what every answer
 * carries, what is refused unseen, probes, the limit on what is under way, and the routes.
 */
export const createApp = (parts: AppParts): Koa => {
  const { useCases, auth, gatewaySecret, rateLimits, load, log } = parts
  const identify = auth.kind === 'local' ? identifyLocally : identifyByToken(auth, parts)
  const probes = probeRoutes(parts)
  const waiting = createWaiting(parts)
  const signedIn = new Router<{ caller: Caller }>()
    .use(signIn(identify, rateLimits))
    .use(orderRoutes(useCases, waiting).routes())
    .use(paymentRoutes(useCases, parts.clock, waiting).routes())
    .use(productRoutes(useCases).routes())
  const open = serviceRoutes({ auth })
  const notified = new Router()
    .use(limitBadSignatures(rateLimits))
    .use(notificationRoutes({ ...parts, secret: gatewaySecret }).routes())

  const app = new Koa()
  app.on('error', (error: NodeJS.ErrnoException) => {
    const hasLeft = LEFT.includes(error.code ?? '')
    log[hasLeft ? 'debug' : 'error']({ err: error }, 'A response could not be sent')
  })
  app.use(watchRequests(parts))
  app.use(requestSpans)
  app.use(securityHeaders)
  app.use(compression)
  app.use(serveOrigins(parts.corsOrigins, log))
  app.use(answerFailures)
  app.use(refuseStrangeTargets)
  if (auth.kind === 'local') app.use(loopbackHostOnly)
  app.use(probes.routes())
  app.use(load.shed)
  app.use(notified.routes())
  app.use(signedIn.routes())
  app.use(limitStrangers(rateLimits))
  app.use(open.routes())
  app.use(refuseUnrouted([...probes.stack, ...open.stack, ...notified.stack, ...signedIn.stack]))
  return app
}

/** What the socket says when a client has not waited for its answer: nobody's fault on our side. */
const LEFT = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']

/** Turns what is thrown into a problem: an outage into 503, everything else, which is a bug, into 500. */
const answerFailures: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (ctx.req.destroyed && !ctx.req.complete) return // The client has left in the middle of its request.
    ctx.state['failure'] = error
    sendProblem(
      ctx,
      error instanceof StoreUnavailable
        ? { code: 'store_unavailable', detail: 'The database is out of reach or too busy.' }
        : { code: 'internal_error', detail: 'The service has a bug; it was logged.' },
    )
  }
}
