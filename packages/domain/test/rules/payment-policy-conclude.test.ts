import test from 'ava'
import type { Order } from '../../src/rules/order.ts'
import { move } from '../../src/rules/order-lifecycle.ts'
import type { GatewayOutcome } from '../../src/rules/payment.ts'
import { newAttempt } from '../../src/rules/payment-claim.ts'
import { conclude, DEFAULT_PAYMENT_DEADLINE_MS } from '../../src/rules/payment-policy.ts'
import { anOrder, NOON, paying } from '../../src/testing/examples.ts'

const declined = { state: 'declined', code: 'card_declined', detail: 'Not this card.' } as const
const before = NOON + DEFAULT_PAYMENT_DEADLINE_MS - 1
const after = NOON + DEFAULT_PAYMENT_DEADLINE_MS
const order = paying(anOrder('ord_1', { mug: 2, cup: 1 }), 'pay_1')
const concluded = (outcome: GatewayOutcome, at: number, of: Order = order) =>
  conclude(of, 'pay_1', outcome, { actor: 'system', at })
const moved = (movements: ReturnType<typeof concluded>['movements']) =>
  movements.map((movement) => [
    movement.productId,
    movement.kind,
    movement.quantityDelta,
    movement.reservedDelta,
  ])

for (const [when, at] of Object.entries({ before, after })) {
  test(`captured ${when} the deadline: succeeded, paid, and the stock deducted`, (t) => {
    const { order: paid, movements } = concluded({ state: 'captured' }, at)
    t.is(paid.state, 'PAYMENT_DONE')
    t.like(paid.payments[0], { state: 'SUCCEEDED', failure: null, overdue: false, updatedAt: at })
    t.deepEqual(moved(movements), [
      ['prod_mug', 'deduct', -2, -2],
      ['prod_cup', 'deduct', -1, -1],
    ])
    const entry = { action: 'paymentSucceeded', actor: 'system', paymentId: 'pay_1', reason: null }
    t.like(paid.history.at(-1), { from: 'PAYMENT_IN_PROGRESS', to: 'PAYMENT_DONE', at, ...entry })
  })

  test(`declined ${when} the deadline: failed by the gateway’s code, and the stock released`, (t) => {
    const { order: failed, movements } = concluded(declined, at)
    t.is(failed.state, 'PAYMENT_FAILED')
    const failure = { code: 'card_declined', detail: 'Not this card.' }
    t.like(failed.payments[0], { state: 'FAILED', failure, overdue: false, updatedAt: at })
    t.deepEqual(moved(movements), [
      ['prod_mug', 'release', 0, -2],
      ['prod_cup', 'release', 0, -1],
    ])
    const entry = { action: 'paymentFailed', paymentId: 'pay_1', reason: 'card_declined' }
    t.like(failed.history.at(-1), { from: 'PAYMENT_IN_PROGRESS', to: 'PAYMENT_FAILED', ...entry })
  })
}

const fencedUntil = (until: number): Order => ({
  ...order,
  payments: order.payments.map((each) => ({ ...each, fencedUntil: until })),
})

test('voided before the deadline: superseded by the edit that has left its mark, and the stock released', (t) => {
  const { order: failed, movements } = concluded({ state: 'voided' }, before, fencedUntil(before))
  t.is(failed.state, 'PAYMENT_FAILED')
  t.like(failed.payments[0], { state: 'FAILED', failure: { code: 'superseded' } })
  t.is(failed.history.at(-1)?.reason, 'superseded')
  t.deepEqual(
    moved(movements).map(([, kind]) => kind),
    ['release', 'release'],
  )
})

test('a void is left to the edit that has done it, for half a minute; a decline and money that is taken are not', (t) => {
  const fenced = fencedUntil(before + 30_000)
  const voided = { state: 'voided' } as const
  t.is(concluded(voided, before, fenced).order, fenced)
  t.is(concluded(voided, before + 30_000, fenced).order.state, 'PAYMENT_FAILED')
  t.is(
    concluded(voided, before - 90_001, fenced).order.state,
    'PAYMENT_FAILED',
    'a clock was set back',
  )
  t.is(concluded(declined, before, fenced).order.state, 'PAYMENT_FAILED')
  t.is(concluded({ state: 'captured' }, before, fenced).order.state, 'PAYMENT_DONE')
})

test('voided before the deadline, but by no edit: fenced at its deadline by another clock', (t) => {
  const { order: failed } = concluded({ state: 'voided' }, before)
  t.like(failed.payments[0], { state: 'FAILED', failure: { code: 'acknowledgement_timeout' } })
})

test('voided after the deadline: not acknowledged in time, and the stock released', (t) => {
  const { order: failed, movements } = concluded({ state: 'voided' }, after)
  t.is(failed.state, 'PAYMENT_FAILED')
  t.like(failed.payments[0], { state: 'FAILED', failure: { code: 'acknowledgement_timeout' } })
  t.is(failed.history.at(-1)?.reason, 'acknowledgement_timeout')
  t.deepEqual(
    moved(movements).map(([, kind]) => kind),
    ['release', 'release'],
  )
})

test('concluding keeps what the attempt was made for', (t) => {
  const [attempt] = order.payments
  const [ended] = concluded({ state: 'captured' }, after).order.payments
  const { nextCheckAt, outcome } = attempt ?? {}
  t.is(ended?.outcome, null)
  t.deepEqual({ ...ended, state: 'PENDING', updatedAt: NOON, nextCheckAt, outcome }, { ...attempt })
})

const outcomes: readonly GatewayOutcome[] = [{ state: 'captured' }, declined, { state: 'voided' }]

for (const first of outcomes) {
  for (const second of outcomes) {
    if (first.state !== 'captured' && second.state === 'captured') continue // That is owed back.
    test(`an attempt that ended ${first.state} stays so when it is concluded ${second.state}`, (t) => {
      const { order: ended } = concluded(first, before)
      const again = concluded(second, after, ended)
      t.is(again.order, ended)
      t.deepEqual(again.movements, [])
    })
  }
}

for (const first of outcomes.filter(({ state }) => state !== 'captured')) {
  test(`money that is taken for an attempt that was ${first.state} is owed back, once, and sells nothing`, (t) => {
    const { order: failed } = concluded(first, before)
    const { order: owing, movements } = concluded({ state: 'captured' }, after, failed)
    t.deepEqual(movements, [])
    const { payments, ...rest } = owing
    t.deepEqual({ ...rest, payments: failed.payments }, failed)
    t.like(payments[0], { state: 'FAILED', nextCheckAt: null })
    t.deepEqual(payments[0]?.refund, {
      paymentId: 'pay_1',
      state: 'OWED',
      amount: order.total,
      attempts: 0,
      nextAttemptAt: after,
      createdAt: after,
      updatedAt: after,
    })
    t.is(concluded({ state: 'captured' }, after, owing).order, owing)
  })
}

test('an attempt that was voided is looked at again, one that was declined or captured is not', (t) => {
  const next = (outcome: GatewayOutcome) => concluded(outcome, after).order.payments[0]?.nextCheckAt
  t.is(next({ state: 'voided' }), after + 90_000)
  t.is(next(declined), null)
  t.is(next({ state: 'captured' }), null)
})

test('an attempt that is overdue is no longer so once it has ended', (t) => {
  const payments = order.payments.map((payment) => ({ ...payment, overdue: true }))
  const { order: paid } = concluded({ state: 'captured' }, after, { ...order, payments })
  t.like(paid.payments[0], { state: 'SUCCEEDED', overdue: false })
})

test('concluding one attempt leaves the others of its order alone', (t) => {
  const failed = concluded(declined, before).order
  const moved = move(failed, 'retryPayment', { actor: 'ann', at: before })
  const attempt = {
    id: 'pay_2',
    paymentMethod: 'fake_approve',
    gatewayId: 'gw_1',
    deadlineMs: 1000,
  }
  const retried = {
    ...moved,
    payments: [...moved.payments, newAttempt({ ...moved, updatedAt: before }, attempt)],
  }
  t.is(concluded({ state: 'voided' }, after, retried).order, retried)
  const { order: paid } = conclude(retried, 'pay_2', { state: 'captured' }, { actor: 'a', at: 1 })
  t.is(paid.payments[0], retried.payments[0])
  t.deepEqual(
    paid.payments.map(({ state }) => state),
    ['FAILED', 'SUCCEEDED'],
  )
})

test('a payment that the order does not have changes nothing', (t) => {
  const { order: same, movements } = conclude(
    order,
    'pay_9',
    { state: 'captured' },
    { actor: 'system', at: after },
  )
  t.is(same, order)
  t.deepEqual(movements, [])
})

test('an attempt that is declined stays due where somebody has asked for a check since, or has made one in vain', (t) => {
  const [attempt] = order.payments
  if (!attempt) throw new Error('no attempt')
  const declinedAfter = (changes: Partial<typeof attempt>) => {
    const now = { ...order, payments: [{ ...attempt, ...changes }] }
    const circumstances = { actor: 'system', at: before, asked: attempt }
    return conclude(now, 'pay_1', declined, circumstances).order.payments[0]?.nextCheckAt
  }
  t.is(declinedAfter({}), null)
  t.is(declinedAfter({ nextCheckAt: NOON + 7 }), NOON + 7)
  t.is(
    declinedAfter({ checks: 1 }),
    attempt.nextCheckAt,
    'planned as before, by a clock that is behind',
  )
})
