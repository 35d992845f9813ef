import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@holdfast/domain'
import { err, ok, type Result } from 'neverthrow'
import { checkAddress } from '../check-address.ts'
import { type ConfigurationError, isLoopback } from '../configuration.ts'
import { watchConnections } from '../unused-connections.ts'
import { realSleep, type Sleep } from './answer-within.ts'
import { createFakeCore, type FakeDelays } from './fake-core.ts'
import { openFakeLedger } from './fake-ledger.ts'
import { announceAt, type FaultRates } from './fault-rates.ts'
import { createListener } from './gateway-listener.ts'
import { createNotifier } from './notifier.ts'

/**
 * How the gateway is to be run. `secret` is what callers must have and what notifications are signed with; `notifyUrl` is
 * where those go, and without it nobody is told. Tests replace time and chance.
 */
export type GatewayServerOptions = Readonly<{
  host: string
  port: number
  ledgerFile: string
  secret: string | undefined
  notifyUrl: string | undefined
  delays: FakeDelays
  faults: FaultRates
  graceMs: number
  /** Is told, for people, what went wrong. */
  note?: (line: string) => void
  clock?: Clock
  random?: () => number
  pause?: Sleep
}>

/** A running gateway. */
export type GatewayServer = Readonly<{
  url: string
  gatewayId: string
  stop: () => Promise<void>
}>

/** How often the gateway looks for captures that are due and notifications to send. */
const ROUND_MS = 100

/** A caller gets ten seconds for its headers and thirty for its request; node looks every second. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
}

/**
 * Starts the fake gateway as a server of its own, with its ledger. What was due or not delivered yet when it last stopped
 * is made up for. Refused without a secret where one is needed.
 */
export const startGatewayServer = async (
  options: GatewayServerOptions,
): Promise<Result<GatewayServer, ConfigurationError>> =>
  checkSecret(options).asyncMap(() => start(options))

/** Whoever reaches the gateway can move money, and a notification without a signature is believed by nobody. */
const checkSecret = ({
  host,
  secret,
  notifyUrl,
}: GatewayServerOptions): Result<void, ConfigurationError> => {
  if (secret !== undefined || (isLoopback(host) && notifyUrl === undefined)) return ok(undefined)
  const detail = 'must be set to listen beyond loopback addresses, and to send notifications'
  return err({ variable: 'GATEWAY_SECRET', detail })
}

const start = async (options: GatewayServerOptions): Promise<GatewayServer> => {
  const { clock = { now: Date.now }, random = Math.random, note = () => undefined } = options
  const { faults, delays, secret, notifyUrl } = options
  const announce = () => (notifyUrl === undefined ? [] : announceAt(faults, random, clock.now()))
  await checkAddress(options)
  const ledger = openFakeLedger(options.ledgerFile, announce)
  const core = createFakeCore({ ledger, clock, delays })
  const listener = createListener({ core, ledger, clock, faults, random, secret, note })
  const server = createServer(LIMITS, listener.answer)
  const connections = watchConnections(server)
  try {
    server.listen(options.port, options.host)
    await once(server, 'listening')
  } catch (error) {
    ledger.close()
    throw error
  }
  const deliverDue =
    notifyUrl !== undefined && secret !== undefined
      ? createNotifier({ outbox: ledger.outbox, url: notifyUrl, secret, clock, random, note })
      : undefined
  const rounds = repeat(options.pause ?? realSleep, note, async (signal) => {
    ledger.atomically(() => ledger.bookDue(clock.now()))
    await deliverDue?.(signal)
  })
  return {
    url: urlOf(server, options.host),
    gatewayId: ledger.gatewayId,
    stop: async () => {
      await rounds.stop()
      const closed = once(server, 'close')
      server.close()
      listener.hangUp()
      connections.endUnused()
      const cut = setTimeout(() => server.closeAllConnections(), options.graceMs)
      await closed
      clearTimeout(cut)
      ledger.close()
    },
  }
}

const urlOf = (server: Server, host: string): string => {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Runs `work` again and again until it is stopped; one that fails is told of and tried again. */
const repeat = (
  pause: Sleep,
  note: (line: string) => void,
  work: (signal: AbortSignal) => Promise<void>,
): { stop: () => Promise<void> } => {
  const stopped = new AbortController()
  const { signal } = stopped
  const run = async () => {
    while (!signal.aborted) {
      await work(signal).catch((error: unknown) => note(`Background work failed: ${error}`))
      await pause(ROUND_MS, signal).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: () => {
      stopped.abort()
      return running
    },
  }
}
