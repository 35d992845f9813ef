import type { PaymentGateway, Store } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { PublishedKeys } from '../published-keys.ts'
import { exactPaths } from '../routing.ts'
import { sendProblem } from '../send-problem.ts'
import { type Metrics, writeMetrics } from './metrics.ts'

/** What the probes ask. */
export type Probed = Readonly<{
  store: Pick<Store, 'ping'>
  gateway: Pick<PaymentGateway, 'isAvailable'>
  keys?: Pick<PublishedKeys, 'isUp'> | undefined
  metrics: Metrics
}>

/**
 * For machines that watch over the service: no sign-in, no limit, and an answer also under load.
 * - `/healthz`: the process runs. Who gets no answer should start it anew.
 * - `/readyz`: it can work. Without its database it cannot; without the gateway it still takes and shows orders, so it
 *   stays ready and says what is away; likewise without the keys that tokens are signed with, for those that it knows go on.
 */
export const probeRoutes = ({ store, gateway, keys, metrics }: Probed): Router =>
  new Router(exactPaths)
    .get('/healthz', (ctx) => {
      ctx.body = { status: 'ok' }
    })
    .get('/readyz', async (ctx) => {
      const isUp = await store.ping().then(
        () => true,
        () => false,
      )
      const state = {
        database: upOrDown(isUp),
        gateway: upOrDown(gateway.isAvailable()),
        ...(keys && { keys: upOrDown(keys.isUp()) }),
      }
      if (isUp) ctx.body = { status: 'ready', ...state }
      else {
        const detail = `The database is out of reach or too busy; the gateway is ${state.gateway}.`
        sendProblem(ctx, { code: 'store_unavailable', detail })
      }
    })
    .get('/metrics', async (ctx) => {
      const { type, text } = await writeMetrics(metrics)
      ctx.set('Content-Type', type)
      ctx.body = text
    })

const upOrDown = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down')
