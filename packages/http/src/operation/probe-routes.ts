import type { PaymentGateway, Store } from '@holdfast/domain'
import { Router } from '@koa/router'
import type { PublishedKeys } from '../published-keys.ts'
import { exactPaths } from '../routing.ts'
import { sendProblem } from '../send-problem.ts'
import { type Metrics, writeMetrics } from './metrics.ts'
import type { WriteWatch } from './write-watch.ts'

/** What the probes ask. */
export type Probed = Readonly<{
  store: Pick<Store, 'ping'>
  gateway: Pick<PaymentGateway, 'isAvailable'>
  keys?: Pick<PublishedKeys, 'isUp'> | undefined
  writing: Pick<WriteWatch, 'notSince'>
  metrics: Metrics
}>

/**
 * For machines that watch over the service: no sign-in, no limit, and an answer also under load.
 * - `/healthz`: the process runs. Who gets no answer should start it anew.
 * - `/readyz`: it can work. Without its database it cannot, nor where it cannot write to it; without the gateway it still
 *   takes and shows orders, so it stays ready and says what is away; likewise without the keys that tokens are signed with,
 *   for those that it knows go on.
 */
export const probeRoutes = ({ store, gateway, keys, writing, metrics }: Probed): Router =>
  new Router(exactPaths)
    .get('/healthz', (ctx) => {
      ctx.body = { status: 'ok' }
    })
    .get('/readyz', async (ctx) => {
      const isUp = await store.ping().then(
        () => true,
        () => false,
      )
      const notSince = writing.notSince()
      const state = {
        gateway: upOrDown(gateway.isAvailable()),
        ...(keys && { keys: upOrDown(keys.isUp()) }),
      }
      if (isUp && notSince === undefined) {
        ctx.body = { status: 'ready', database: 'up', ...state }
        return
      }
      const since = notSince === undefined ? undefined : new Date(notSince).toISOString()
      const fault = isUp ? 'cannot be written to' : 'is out of reach or too busy'
      sendProblem(ctx, {
        code: 'store_unavailable',
        detail: `The database ${fault}; the gateway is ${state.gateway}.`,
        ...{ database: isUp ? 'not writing' : 'down', ...state, since },
      })
    })
    .get('/metrics', async (ctx) => {
      const { type, text } = await writeMetrics(metrics)
      ctx.set('Content-Type', type)
      ctx.body = text
    })

const upOrDown = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down')
