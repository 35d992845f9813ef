import { setTimeout as sleep } from 'node:timers/promises'
import {
  type LedgerEntry,
  NO_FAULTS,
  readConfiguration,
  readLedger,
  startGatewayServer,
} from '@holdfast/adapters'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../../../test/databases.ts'
import { freePort } from '../../../test/postgres-server.ts'
import { handClock } from './one-service.ts'
import { place, sell, startOneService, type TestService } from './support.ts'

const secret = 'a-secret-of-thirty-two-bytes-or-more'

/** How each payment method ends: payment, why it failed, its refund; and what the gateway's ledger says. */
const endings: Readonly<Record<string, readonly [string, string | null, string | null, string]>> = {
  fake_approve: ['SUCCEEDED', null, null, 'captured 1-0'],
  fake_decline: ['FAILED', 'card_declined', null, 'declined 0-0'],
  fake_insufficient_funds: ['FAILED', 'insufficient_funds', null, 'declined 0-0'],
  fake_slow: ['SUCCEEDED', null, null, 'captured 1-0'],
  fake_ack_lost: ['SUCCEEDED', null, null, 'captured 1-0'],
  fake_timeout: ['FAILED', 'acknowledgement_timeout', null, 'voided 0-0'],
  fake_unavailable: ['FAILED', 'acknowledgement_timeout', null, 'voided 0-0'],
  fake_late_capture: ['FAILED', 'acknowledgement_timeout', null, 'voided 0-0'],
  fake_garbage: ['FAILED', 'acknowledgement_timeout', null, 'voided 0-0'],
  fake_refund_refused: ['FAILED', 'acknowledgement_timeout', 'CONFIRMED', 'captured 1-1'],
}
const methods = Object.keys(endings)

/** One order for each method, paid by it; the ids of the orders. */
const payByEach = async (api: TestService): Promise<ReadonlyMap<string, string>> => {
  const product = await sell(api, 1000)
  const orders = new Map<string, string>()
  for (const [index, method] of methods.entries()) {
    orders.set(method, await place(api, product, index + 1))
  }
  const pay = async ([paymentMethod, orderId]: [string, string]) => {
    const ask = () => api.ask('POST', '/payment', { orderId, paymentMethod })
    // After five silences in a row no charge is begun for two seconds, and on a slow machine some come so late.
    while ((await ask()).status === 503) await sleep(100)
  }
  await Promise.all([...orders].map(pay))
  return orders
}

/** What has become of each method's payment, and of the stock. */
const endsOf = async ({ ask }: TestService, orders: ReadonlyMap<string, string>) => {
  const found = [...orders].map(async ([method, orderId]) => {
    const { state, payments } = (await ask('GET', `/order/${orderId}`)).body
    const [{ id, state: ended, failure, refund }] = payments
    const isPaid = ended === 'SUCCEEDED'
    const agrees = state === (isPaid ? 'PAYMENT_DONE' : 'PAYMENT_FAILED') && payments.length === 1
    return { method, id, agrees, end: [ended, failure?.code ?? null, refund?.state ?? null] }
  })
  return Promise.all(found)
}

const checkEnds = async (
  t: ExecutionContext,
  api: TestService,
  orders: ReadonlyMap<string, string>,
  ledger: AsyncIterable<LedgerEntry>,
) => {
  const entries = new Map<string, LedgerEntry>()
  for await (const entry of ledger) entries.set(entry.idempotencyKey, entry)
  for (const { method, id, agrees, end } of await endsOf(api, orders)) {
    const { state, captures, refunds } = entries.get(id) ?? {}
    t.deepEqual([...end, `${state} ${captures}-${refunds}`], [...(endings[method] ?? [])], method)
    t.true(agrees, method)
  }
  const [{ quantity, reserved }] = (await api.ask('GET', '/product')).body.items
  const sold = methods.map((method, index) =>
    endings[method]?.[0] === 'SUCCEEDED' ? index + 1 : 0,
  )
  t.deepEqual([quantity, reserved], [1000 - sold.reduce((sum, count) => sum + count), 0])
}

const isOver = (ends: Awaited<ReturnType<typeof endsOf>>) =>
  ends.every(({ method, end }) => end.join() === endings[method]?.slice(0, 3).join())

test('Each scripted method ends as it should within its true deadline, on a clock that is moved.', async (t) => {
  const clock = handClock()
  const { it: folder, remove } = temporaryFolder()
  const ledgerFile = `${folder}/ledger.db`
  const api = await startOneService({ clock }, { FAKE_LEDGER: ledgerFile })
  t.teardown(async () => {
    await api.stop()
    await remove()
  })
  const orders = await payByEach(api)
  const { reconcilePayments, settleRefunds } = api.service.useCases
  for (let second = 0; second <= 600; second += 1) {
    await reconcilePayments()
    await settleRefunds()
    const pending = (await endsOf(api, orders)).filter(({ end }) => end[0] === 'PENDING')
    if (second >= 180) t.deepEqual(pending, [], 'the deadline is three minutes')
    if (second === 179) t.is(pending.length, 5, 'and no sooner')
    clock.forward(1000)
  }
  await checkEnds(t, api, orders, readLedger(readPlace({ FAKE_LEDGER: ledgerFile }), clock.now()))
})

const readPlace = (environment: Readonly<Record<string, string>>) =>
  readConfiguration(environment)._unsafeUnwrap()

/** Real time, with a short deadline, and late captures so much later that a slow machine has fenced them by then; a gateway that is asked over HTTP also reports by itself. */
const hurried = { PAYMENT_DEADLINE: '2s', GATEWAY_TIMEOUT: '300ms', GATEWAY_SECRET: secret }
const delays = { slowMs: 600, lateMs: 10_000 }

const untilOver = async (api: TestService, orders: ReadonlyMap<string, string>) => {
  const giveUpAt = performance.now() + 90_000
  while (performance.now() < giveUpAt && !isOver(await endsOf(api, orders))) await sleep(200)
}

test('Each scripted method ends as it should in real time, with the gateway in the process.', async (t) => {
  const { it: folder, remove } = temporaryFolder()
  const environment = { ...hurried, FAKE_LEDGER: `${folder}/ledger.db` }
  const api = await startOneService({ delays }, environment)
  t.teardown(async () => {
    await api.stop()
    await remove()
  })
  const orders = await payByEach(api)
  await untilOver(api, orders)
  await checkEnds(t, api, orders, readLedger(readPlace(environment)))
})

test('Each scripted method ends as it should in real time, with the gateway as a server that reports back.', async (t) => {
  const { it: folder, remove } = temporaryFolder()
  const port = await freePort()
  const environment = { ...hurried, GATEWAY_URL: `http://127.0.0.1:${port}` }
  const api = await startOneService({}, environment)
  const gateway = await startGatewayServer({
    ...{ host: '127.0.0.1', port, secret, delays, faults: NO_FAULTS, graceMs: 0 },
    ledgerFile: `${folder}/ledger.db`,
    notifyUrl: `${api.service.url}/gateway/notification`,
  })
  const isUp = async () => (await api.ask('GET', '/readyz')).body.gateway === 'up'
  while (!(await isUp())) await sleep(50) // No payment begins before the gateway has said who it is.
  t.teardown(async () => {
    await api.stop()
    await gateway._unsafeUnwrap().stop()
    await remove()
  })
  const orders = await payByEach(api)
  await untilOver(api, orders)
  await checkEnds(t, api, orders, readLedger(readPlace(environment)))
})
