import { createMemoryStore } from '@holdfast/domain/testing'
import { orderCommands, runOrderHistory } from '@holdfast/domain/testing/model-test'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { openFakeLedger } from '../src/gateway/fake-ledger.ts'
import { worldOn } from './order-world.ts'
import { postgresStores, type StoreMaker, sqliteStores } from './support.ts'

/** A fixed seed, so that the corners below are reached for certain. */
const SEED = 20_260_115

/** Every corner that the histories must reach, by the name under which the model counts it. */
const CORNERS = {
  'short order': 'nothing create ORDER_FAILED',
  'order retried in vain': 'ORDER_FAILED retryOrder ORDER_FAILED',
  'order retried with success': 'ORDER_FAILED retryOrder CREATED',
  'duplicate refused': 'duplicate_order',
  'duplicate of an order just paid': 'twin just paid',
  'unpaid order expired': 'CREATED cancel ORDER_CANCELLED',
  'short order let go': 'ORDER_FAILED letGo ORDER_FAILED',
  'order whose payment failed let go': 'PAYMENT_FAILED letGo PAYMENT_FAILED',
  'order that was let go back': 'let go and back',
  'order that was let go and replaced': 'let go and replaced',
  'edit or retry short of stock': 'insufficient_stock',
  'edit while paying fenced': 'superseded',
  'edit lost against a capture': 'edit lost against a capture',
  'payment superseded by one for other lines': 'payment superseded by one for other lines',
  'edited and paid in one step': 'edited and paid in one step',
  'edit that is being paid given again': 'edit that is being paid given again',
  'order retried with other lines': 'order retried with other lines',
  'edit while the gateway is out of reach': 'payment_outcome_unknown',
  decline: 'card_declined',
  'lost answer found by the reconciler': 'lost answer found',
  'charge that never arrived sent again': 'charge that never arrived sent again',
  'capture found past the deadline': 'capture found past the deadline',
  'deadline fence': 'acknowledgement_timeout',
  'payment overdue': 'payment overdue',
  'payment under way given again': 'payment under way given again',
  'same request several times at once': 'the same request several times at once',
  'replayed key': 'key replayed',
  'reused key': 'idempotency_key_reused',
  'attempts exceeded': 'payment_attempts_exceeded',
  'total changed': 'total_changed',
  'too many unpaid orders refused': 'too_many_unpaid_orders',
  'paid twice refused': 'order_already_paid',
  'stock below what orders hold refused': 'quantity_below_reserved',
  "somebody else's order": 'order_not_found',
}

const holds = async (
  t: ExecutionContext,
  numRuns: number,
  openStore: StoreMaker,
  isSlow = false,
) => {
  const visits = new Map<string, number>()
  const property = fc.asyncProperty(orderCommands, async (commands) => {
    const ledger = openFakeLedger(':memory:')
    try {
      const world = await worldOn(await openStore(), ledger, isSlow)
      const visited = await runOrderHistory(world, commands)
      for (const [name, times] of visited) visits.set(name, (visits.get(name) ?? 0) + times)
    } finally {
      ledger.close()
    }
  })
  await fc.assert(property, { seed: SEED, numRuns, includeErrorInReport: true })
  const counts = Object.entries(CORNERS).map(([name, key]) => [name, visits.get(key) ?? 0] as const)
  t.log(`${numRuns} histories:`, counts.map(([name, times]) => `${name} ${times}`).join(', '))
  t.deepEqual(
    counts.filter(([, times]) => times === 0),
    [],
  )
}

test('random histories in memory are as the model says, and no invariant breaks', (t) =>
  holds(t, 300, async () => createMemoryStore()))

test('random histories in memory are as the model says where questions overtake charges', (t) =>
  holds(t, 100, async () => createMemoryStore(), true))

test('random histories on SQLite are as the model says, and no invariant breaks', (t) =>
  holds(t, 100, sqliteStores(t)))

test('random histories on PostgreSQL are as the model says, and no invariant breaks', async (t) =>
  holds(t, 100, await postgresStores(t)))
