import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { ChargeRequest, OutcomeUnknown, PaymentGateway, RefundRequest } from '@holdfast/domain'
import type { ExecutionContext } from 'ava'
import type { ResultAsync } from 'neverthrow'
import type { Sleep } from '../../src/gateway/answer-within.ts'
import type { Charge } from '../../src/gateway/fake-ledger.ts'
import { NO_FAULTS } from '../../src/gateway/fault-rates.ts'
import {
  type GatewayServer,
  type GatewayServerOptions,
  startGatewayServer,
} from '../../src/gateway/gateway-server.ts'
import { createHttpGateway, type HttpGatewayParts } from '../../src/gateway/http-gateway.ts'
import { temporaryFolder } from '../support.ts'

export const secret = 'test-secret-of-thirty-two-bytes-or-more'
export const amount = { amountMinor: 1299, currency: 'EUR' }
export const delays = { slowMs: 3_000, lateMs: 240_000 }

const TIMEOUT_MS = 5000

/** How long the shortest question may take; gaps between resends are shorter. */
const PROBE_MS = 500

/** Who a stand-in says it is. */
export const STAND_IN = 'gw_stand_in'

/** Who the gateways are that run, by their URLs. */
const ids = new Map<string, string>()

/** A gateway as tests ask it: each question is meant for it, and its answers come without its name. */
export const asked = (gateway: PaymentGateway, meant: string) => ({
  isAvailable: () => gateway.isAvailable(),
  charge: (request: ChargeRequest) => gateway.charge(request, meant).map(({ answer }) => answer),
  lookup: (key: string) => gateway.lookup(key, meant).map(({ answer }) => answer),
  void: (key: string) => gateway.void(key, meant).map(({ answer }) => answer),
  refund: (request: RefundRequest) => gateway.refund(request, meant).map(({ answer }) => answer),
})

/** What `asked` makes. */
export type AskedGateway = ReturnType<typeof asked>

/** A charge in the ledger that has taken the money. */
export const capturedCharge = (idempotencyKey: string, at: number): Charge => ({
  ...{ idempotencyKey, state: 'captured', amount, paymentMethod: 'fake_approve' },
  ...{ capturesAt: null, refunded: false, refusedRefunds: 0, at },
})

/** The real gateway as a server on a port of its own, and where its ledger is; it stops with the test. */
export const runGateway = async (
  t: ExecutionContext,
  options: Partial<GatewayServerOptions> = {},
): Promise<GatewayServer & { ledgerFile: string }> => {
  const ledgerFile = join(temporaryFolder(t), 'ledger.db')
  const settings = { host: '127.0.0.1', port: 0, ledgerFile, secret, notifyUrl: undefined }
  const rest = { delays, faults: NO_FAULTS, graceMs: 0 }
  const started = await startGatewayServer({ ...settings, ...rest, ...options })
  const server = started._unsafeUnwrap()
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= server.stop()
    return stopping
  }
  t.teardown(stop)
  ids.set(server.url, server.gatewayId)
  return { ...server, stop, ledgerFile: options.ledgerFile ?? ledgerFile }
}

type Asked = Readonly<{ method: string; path: string; body: string; headers: IncomingHttpHeaders }>

/** An HTTP server that does as the test says. It knows what it was asked, and emits `asked` with the socket each time. */
export const standIn = async (t: ExecutionContext, answer: RequestListener) => {
  const asked: Asked[] = []
  const events = new EventEmitter()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, body, headers })
    response.setHeader('gateway-id', STAND_IN)
    answer(request, response)
    events.emit('asked', request.socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, events }
}

/** Resolves once the other side has closed the connection, with or without a reset. */
export const hungUp = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.on('error', () => undefined).once('close', () => resolve()))

/** Time in the test's hands: resends come at once, and nobody loses patience before the test says so. */
export const createPatience = () => {
  const ends: (() => void)[] = []
  const pause: Sleep = (ms) =>
    ms >= PROBE_MS
      ? new Promise<void>((end) => ends.push(end))
      : new Promise((done) => setImmediate(done))
  return {
    pause,
    /** Ends the patience with everything that is under way. */
    end: () => {
      for (const end of ends.splice(0)) end()
    },
  }
}

/** The adapter under test, on a clock that the test moves. */
export const gatewayAt = (url: string, parts: Partial<HttpGatewayParts> = {}) => {
  const patience = createPatience()
  const time = { now: 0 }
  const clock = { now: () => time.now }
  const { pause } = patience
  const given = { url, secret, timeoutMs: TIMEOUT_MS, clock, pause, random: () => 0.5, ...parts }
  const meant = ids.get(new URL(url).origin) ?? STAND_IN
  return { gateway: asked(createHttpGateway(given), meant), patience, time }
}

/** Charges with a method of the fake. */
export const charge = (
  gateway: AskedGateway,
  idempotencyKey: string,
  paymentMethod = 'fake_approve',
) => gateway.charge({ idempotencyKey, amount, paymentMethod })

/** What was heard: the state of an outcome, `undefined` of a key that was never seen, or `outcome_unknown`. */
export const heard = async (
  answer: ResultAsync<{ state: string } | undefined, OutcomeUnknown>,
): Promise<string | undefined> =>
  answer.match(
    (outcome) => outcome?.state,
    ({ code }) => code,
  )

/** Every way in which the adapter asks, with the key `pay_1`. */
export const questions: Readonly<
  Record<
    string,
    (gateway: AskedGateway) => ResultAsync<{ state: string } | undefined, OutcomeUnknown>
  >
> = {
  charge: (gateway) => charge(gateway, 'pay_1'),
  lookup: (gateway) => gateway.lookup('pay_1'),
  void: (gateway) => gateway.void('pay_1'),
  refund: (gateway) => gateway.refund({ idempotencyKey: 'pay_1', amount }),
}
