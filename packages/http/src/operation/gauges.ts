import type { DriverLoad } from '@holdfast/adapters'
import type { Clock, PaymentGateway, Store, Summary } from '@holdfast/domain'
import { Gauge } from 'prom-client'
import type { InFlight } from '../defence/load.ts'
import type { PublishedKeys } from '../published-keys.ts'
import type { Metrics } from './metrics.ts'
import type { WriteWatch } from './write-watch.ts'

/** What gauges look at when somebody asks for metrics. */
export type Gauged = Readonly<{
  store: Pick<Store, 'summary' | 'ping'>
  gateway: Pick<PaymentGateway, 'isAvailable'>
  clock: Clock
  writing: Pick<WriteWatch, 'notSince'>
  databaseLoad: () => DriverLoad
  clockAheadMs: () => number
  keys: Pick<PublishedKeys, 'isUp'> | undefined
  inFlight: InFlight
}>

/** Registers what is measured at the moment of asking. */
export const registerGauges = ({ registers }: Metrics, gauged: Gauged): void => {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read())
      },
    })
  new Gauge({
    name: 'holdfast_http_requests_in_flight',
    help: 'Requests under way: those that work, and those that wait for somebody else.',
    labelNames: ['doing'],
    registers,
    collect() {
      const { working, client, gateway, payment, keys, patience } = gauged.inFlight
      this.set({ doing: 'working' }, working)
      this.set({ doing: 'waiting_for_client' }, client)
      this.set({ doing: 'waiting_for_gateway' }, gateway)
      this.set({ doing: 'waiting_for_payment' }, payment)
      this.set({ doing: 'waiting_for_keys' }, keys)
      this.set({ doing: 'refused_late' }, patience)
    },
  })
  gauge(
    'holdfast_store_connections_in_use',
    'Connections to the database that are at work.',
    () => gauged.databaseLoad().inUse,
  )
  gauge(
    'holdfast_store_waiting',
    'Operations that wait for a connection or for their turn to write.',
    () => gauged.databaseLoad().waiting,
  )
  gauge(
    'holdfast_store_writable',
    'Whether writes succeed: 0 once none has for five seconds.',
    () => Number(gauged.writing.notSince() === undefined),
  )
  gauge('holdfast_gateway_available', 'Whether a charge would be sent to the gateway now.', () =>
    Number(gauged.gateway.isAvailable()),
  )
  gauge(
    'holdfast_keys_available',
    'Whether the keys at JWKS_URL could be fetched when that was tried last; 1 where none are fetched.',
    () => Number(gauged.keys?.isUp() ?? true),
  )
  gauge(
    'holdfast_clock_offset_seconds',
    "How far this machine's clock is ahead of the database's, by which the service goes.",
    () => gauged.clockAheadMs() / 1000,
  )
  registerSummary(registers, gauged)
}

/** What is stored, and when that was counted. */
type Counted = Summary & Readonly<{ countedAt: number }>

/** Gauges of what is stored. They are the same in every process on one database; take the greatest, not the sum. */
const registerSummary = (registers: Metrics['registers'], { store, clock }: Gauged): void => {
  const summary = paced(async () => {
    const countedAt = clock.now()
    return { ...(await store.summary(countedAt)), countedAt }
  }, clock)
  const gauge = (name: string, help: string, read: (counted: Counted) => number) =>
    new Gauge({
      ...{ name, help, registers },
      async collect() {
        try {
          this.set(read(await summary()))
        } catch {
          this.remove() // No number is better than an old one.
        }
      },
    })
  new Gauge({
    name: 'holdfast_orders',
    help: 'Orders by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      const { ordersByState } = await summary().catch(() => ({ ordersByState: {} }))
      for (const [state, number] of Object.entries(ordersByState)) this.set({ state }, number)
    },
  })
  gauge(
    'holdfast_payments_pending',
    'Payments whose outcome is not known yet.',
    ({ pendingPayments }) => pendingPayments,
  )
  gauge(
    'holdfast_payments_overdue',
    'Payments past their deadline whose outcome the gateway cannot tell.',
    ({ overduePayments }) => overduePayments,
  )
  gauge(
    'holdfast_refunds_owed',
    'Refunds of late captures that the gateway has not confirmed.',
    ({ refundsOwed }) => refundsOwed,
  )
  gauge(
    'holdfast_reconciler_lag_seconds',
    'How long the payment that waits longest for its check has been due.',
    // As it was when it was counted: a count stands for minutes, and would let a payment wait that was checked long ago.
    ({ oldestDueAt, countedAt }) => (oldestDueAt === null ? 0 : (countedAt - oldestDueAt) / 1000),
  )
  new Gauge({
    name: 'holdfast_store_up',
    help: 'Whether the database answers.',
    registers,
    async collect() {
      this.set(
        // Asked each time: an old count would not know, and one that takes too long is no outage.
        await store.ping().then(
          () => 1,
          () => 0,
        ),
      )
    },
  })
}

/** A count stands for so long at the least. */
const LEAST_AGE_MS = 10_000

/** A count that takes long is made less often: it may take a hundredth of the time. */
const MOST_SHARE = 100

/** Work that is done again only when its last result has grown old; whoever asks meanwhile gets that one. */
export const paced = <T>(work: () => Promise<T>, clock: Clock): (() => Promise<T>) => {
  let last: Promise<T> | undefined
  let begunAt = 0
  let freshUntil = 0
  return () => {
    const askedAt = clock.now()
    // A count of the future was made before the clock was set back: nobody knows how old it is.
    if (last && askedAt >= begunAt && askedAt < freshUntil) return last
    begunAt = askedAt
    const done = work()
    last = done
    freshUntil = askedAt + LEAST_AGE_MS
    done.then(
      () => {
        const now = clock.now()
        freshUntil = Math.max(freshUntil, now + (now - askedAt) * MOST_SHARE)
      },
      () => {
        last = undefined // A failure is not kept.
      },
    )
    return done
  }
}
