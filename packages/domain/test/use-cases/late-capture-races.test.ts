import { createUseCases, type PaymentGateway, type Store, type UseCases } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { ResultAsync } from 'neverthrow'
import { linesOf, NOON, stocked } from '../../src/testing/examples.ts'
import { createScriptedGateway, GATEWAY_ID, type ScriptedGateway } from '../scripted-gateway.ts'
import { ann, granted } from '../support.ts'

const MINUTE = 60_000

/** Each schedule is one order in which every transaction, question and answer of the race can come. */
const numRuns = Number(process.env['SCHEDULES'] ?? 200)

/** Lets the scheduler decide when a transaction runs, when a request arrives at the gateway, and when its answer does. */
const scheduled = (scheduler: fc.Scheduler, memory: Store, gateway: ScriptedGateway) => {
  const turn = (what: string) => scheduler.schedule(Promise.resolve(), what)
  const travel = <T, E>(what: string, call: () => ResultAsync<T, E>): ResultAsync<T, E> =>
    new ResultAsync(
      turn(`${what} arrives`)
        .then(call)
        .then(async (answer) => {
          await turn(`${what} is answered`)
          return answer
        }),
    )
  const store: Store = {
    ...memory,
    transaction: async (wanted, decide) => {
      await turn('a transaction')
      return memory.transaction(wanted, decide)
    },
  }
  const way: PaymentGateway = {
    isAvailable: () => true,
    identify: () => gateway.identify(),
    charge: (request, to) => travel('charge', () => gateway.charge(request, to)),
    lookup: (key, to) => travel('lookup', () => gateway.lookup(key, to)),
    void: (key, to) => travel('void', () => gateway.void(key, to)),
    refund: (request, to) => travel('refund', () => gateway.refund(request, to)),
  }
  return { store, way, turn }
}

/** Where the race begins: a charge has had no answer for three minutes, or the order is about to expire unpaid. */
type Start = 'a silent charge' | 'an order that expires'

/** An order for two of ten mugs; whatever charge is under way can be captured any time now. */
const openRace = async (scheduler: fc.Scheduler, start: Start) => {
  const memory = createMemoryStore()
  await memory.bindGateway({ gatewayId: GATEWAY_ID, at: NOON })
  await stocked(memory, { mug: 10 })
  const gateway = createScriptedGateway()
  const time = { now: NOON }
  let made = 0
  const rest = {
    clock: { now: () => time.now },
    newId: (prefix: string) => `${prefix}_${String(++made).padStart(4, '0')}`,
    settings: {
      paymentDeadlineMs: 3 * MINUTE,
      orderTtlMs: 60 * MINUTE,
      duplicateWindowMs: 0,
      unpaidOrders: 0,
      idempotencyTtlMs: 86_400_000,
      defaultPaymentMethod: 'fake_approve',
    },
  }
  const calm = createUseCases({ store: memory, gateway, ...rest })
  const { id: orderId } = await granted(calm.createOrder({ by: ann, lines: linesOf({ mug: 2 }) }))
  gateway.script = 'pending'
  if (start === 'a silent charge') await granted(calm.payOrder({ by: ann, orderId }))
  time.now += start === 'a silent charge' ? 3 * MINUTE : 60 * MINUTE
  const { store, way, turn } = scheduled(scheduler, memory, gateway)
  const racing = createUseCases({ store, gateway: way, ...rest })
  return { calm, racing, gateway, time, orderId, turn }
}

type Race = Awaited<ReturnType<typeof openRace>>

/** Time passes until nothing is open; then money, stock and order have to tell one story. */
const checkOutcome = async (t: ExecutionContext, { calm, gateway, time, orderId }: Race) => {
  for (let round = 0; round < 4; round += 1) {
    time.now += 30 * MINUTE
    await calm.reconcilePayments()
    await calm.settleRefunds()
    await calm.expireOrders()
  }
  const order = await granted(calm.getOrder({ by: ann, orderId }))
  const { quantity, reserved } = await granted(calm.getProduct({ sku: 'mug' }))
  const kept = gateway.captures.length - gateway.refunds.length
  const isPaid = order.state === 'PAYMENT_DONE'
  const sold = isPaid ? (order.lines[0]?.quantity ?? 0) : 0
  t.is(kept, Number(isPaid), `captured ${gateway.captures}, refunded ${gateway.refunds}`)
  t.is(quantity, 10 - sold)
  t.is(reserved, 0)
  const succeeded = order.payments.filter(({ state }) => state === 'SUCCEEDED')
  t.is(succeeded.length, Number(isPaid))
  t.true(succeeded.every(({ amount }) => amount.amountMinor === order.total.amountMinor))
  t.true(order.payments.every(({ state }) => state !== 'PENDING'))
  t.true(order.payments.every(({ refund }) => refund?.state !== 'OWED'))
  t.is(order.history.length, order.version)
}

type Racer = (useCases: UseCases, orderId: string) => Promise<unknown>

const racers: Readonly<Record<string, Racer>> = {
  edit: async ({ modifyOrder }, orderId) =>
    modifyOrder({ by: ann, orderId, lines: linesOf({ mug: 3 }) }),
  cancel: async ({ cancelOrder }, orderId) => cancelOrder({ by: ann, orderId }),
  pay: async ({ payOrder }, orderId) => payOrder({ by: ann, orderId }),
  retry: async ({ retryPayment }, orderId) => retryPayment({ by: ann, orderId }),
  reconcile: ({ reconcilePayments }) => reconcilePayments({ all: true }),
  expiry: ({ expireOrders }) => expireOrders(),
}

const lateCaptures: Readonly<Record<string, (gateway: ScriptedGateway, key: string) => void>> = {
  'that a void prevents': (gateway, key) => gateway.decide(key, 'captured'),
  'in spite of a void': (gateway, key) => {
    if (!gateway.captures.includes(key)) gateway.captureAnyway(key)
  },
}

const starts: readonly Start[] = ['a silent charge', 'an order that expires']
const pairs = Object.entries(racers).flatMap((one) =>
  Object.entries(racers).map((other) => [one, other] as const),
)

for (const [how, capture] of Object.entries(lateCaptures)) {
  for (const [[name, run], [other, runOther]] of pairs.filter(([[a], [b]]) => a <= b)) {
    test(`${name} and ${other} raced against a late capture ${how} have one outcome, and money and stock agree`, async (t) => {
      const property = fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom(...starts),
        async (scheduler, start) => {
          const race = await openRace(scheduler, start)
          const { racing, orderId, turn, gateway } = race
          const captured = turn('the capture').then(() => {
            const key = gateway.charges.at(-1)?.idempotencyKey
            if (key) capture(gateway, key)
          })
          await scheduler.waitFor(
            Promise.all([run(racing, orderId), runOther(racing, orderId), captured]),
          )
          await checkOutcome(t, race)
        },
      )
      await fc.assert(property, { numRuns })
    })
  }
}
