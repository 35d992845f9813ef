import { setTimeout as sleep } from 'node:timers/promises'
import { type Configuration, openAdapters, type Replacements } from '@holdfast/adapters'
import { createUseCases, type Summary, type UseCases } from '@holdfast/domain'
import type { DestinationStream } from 'pino'
import { createApp } from './app.ts'
import { repeat, startBackground } from './background.ts'
import { createLoad, type LoadLimits } from './defence/load.ts'
import { ensureGateway, refuseWrongGateway } from './ensure-gateway.ts'
import { aroundMethods } from './operation/around.ts'
import { registerGauges } from './operation/gauges.ts'
import { openLog } from './operation/log.ts'
import { createMetrics } from './operation/metrics.ts'
import { inSpan } from './operation/spans.ts'
import { watchBinding } from './operation/watched-binding.ts'
import { watchGateway } from './operation/watched-gateway.ts'
import { watchStore } from './operation/watched-store.ts'
import { createWriteWatch, LOOK_EVERY_MS } from './operation/write-watch.ts'
import { keysPublishedAt } from './published-keys.ts'
import { type Listening, listen } from './server.ts'
import { announceEnds, createWaitingRoom, realTimers, type Timers } from './waiting-room.ts'

/** A running service. */
export type Service = Readonly<{
  url: string
  useCases: UseCases
  /** Stops accepting, finishes what runs, and says what it leaves to the next start; nothing where the database is away. */
  stop: () => Promise<LeftBehind | undefined>
}>

/** What another process or the next start has to finish. */
export type LeftBehind = Pick<Summary, 'pendingPayments' | 'refundsOwed'>

/** What tests replace: what belongs to the adapters, how many requests may be in flight, and the time that they wait. */
export type Replaced = Replacements & Readonly<{ loadLimits?: LoadLimits; timers?: Timers }>

/** Starts the REST service and its reconciler on what the configuration names. Tests may want the log elsewhere. */
export const serve = async (
  configuration: Configuration,
  replacements: Replaced = {},
  logTo?: DestinationStream,
): Promise<Service> => {
  const { log, flush } = openLog(configuration, logTo)
  const metrics = createMetrics(configuration.gatewayTimeoutMs)
  const adapters = await openAdapters(configuration, 'serve', replacements, {
    retried: (reason) => metrics.storeRetries.inc({ reason }),
    clockDiffers: (aheadMs) =>
      log.warn({ aheadMs }, "This machine's clock differs from the database's, which is used"),
  })
  const store = watchStore(adapters.store, metrics)
  const { timers = realTimers } = replacements
  const room = createWaitingRoom({ store, timers, log })
  const ports = {
    ...adapters,
    store: announceEnds(store, room.ended),
    gateway: watchGateway(adapters.gateway, metrics),
    onGateway: watchBinding(log, metrics),
  }
  const bare = createUseCases(ports)
  const useCases = aroundMethods(bare, (name, call) => inSpan(name, {}, call))
  const ensure = ensureGateway(bare, log)
  const load = createLoad(replacements.loadLimits)
  const keys = keysOf(configuration, { clock: adapters.clock, log })
  const writing = createWriteWatch(ports)
  const watched = { ...ports, gateway: { isAvailable: bare.canCharge }, keys, writing }
  registerGauges(metrics, { ...watched, inFlight: load.inFlight })
  const app = createApp({
    ...configuration,
    ...watched,
    useCases,
    log,
    metrics,
    load,
    room,
    timers,
  })
  try {
    await refuseWrongGateway(ensure, configuration.gatewayTimeoutMs)
    for (const name of adapters.migrated) log.info({ migration: name }, 'The schema was migrated')
    await within(READ_MS, flush()) // Before anybody says that the server listens.
    const server = await listen(configuration, app.callback(), (status) =>
      metrics.unreadable.inc({ status: String(status) }),
    )
    const background = startBackground({ ...useCases, ensure }, log)
    const stopLooking = repeat(LOOK_EVERY_MS, log, writing.look)
    return {
      url: urlOf(configuration, server),
      useCases,
      stop: async () => {
        const { shutdownGraceMs } = configuration
        const closed = server.stop(shutdownGraceMs)
        room.close() // By now every answer says that the connection will be closed.
        void stopLooking() // A write that hangs keeps nobody from stopping.
        await Promise.all([closed, within(shutdownGraceMs, background.stop())])
        const looked = ports.store.summary(ports.clock.now()).catch(() => undefined)
        const left = await within(LOOK_MS, looked)
        await within(CLOSE_MS, adapters.close())
        await within(FLUSH_MS, flush())
        return left
      },
    }
  } catch (error) {
    await adapters.close()
    throw error
  }
}

const keysOf = ({ auth }: Configuration, parts: Parameters<typeof keysPublishedAt>[1]) =>
  auth.kind === 'jwt' && 'jwksUrl' in auth.keys
    ? keysPublishedAt(auth.keys.jwksUrl, parts)
    : undefined

/** Databases answer and close in no time, or are gone and never do; so are logs read. It is the second beside the grace. */
const LOOK_MS = 250
const CLOSE_MS = 500
const FLUSH_MS = 250

/** A start has more time; but it does not wait for ever for somebody to read the log. */
const READ_MS = 5000

/** Waits for work, but not longer than this: what it leaves undone the next start finds. */
const within = <T>(ms: number, work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })])

const urlOf = ({ host }: Configuration, { port }: Listening): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`
