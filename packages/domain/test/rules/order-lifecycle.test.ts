import test from 'ava'
import type { Order } from '../../src/rules/order.ts'
import {
  lifecycle,
  move,
  type OrderAction,
  type OrderState,
  permit,
  recordCreation,
  recordEdit,
  type UserAction,
  userActions,
} from '../../src/rules/order-lifecycle.ts'
import { anOrder, NOON } from '../../src/testing/examples.ts'

/** The table, written a second time. */
const table: readonly (readonly [OrderState, OrderAction, OrderState])[] = [
  ['ORDER_FAILED', 'retryOrder', 'CREATED'],
  ['CREATED', 'cancel', 'ORDER_CANCELLED'],
  ['CREATED', 'startPayment', 'PAYMENT_IN_PROGRESS'],
  ['PAYMENT_IN_PROGRESS', 'paymentSucceeded', 'PAYMENT_DONE'],
  ['PAYMENT_IN_PROGRESS', 'paymentFailed', 'PAYMENT_FAILED'],
  ['PAYMENT_FAILED', 'retryPayment', 'PAYMENT_IN_PROGRESS'],
]

/** What a user can ask for: the actions of the table, and modify in the payment phase. */
const allowed: Readonly<Record<OrderState, readonly UserAction[]>> = {
  CREATED: ['modify', 'cancel', 'pay'],
  ORDER_FAILED: ['retryOrder'],
  PAYMENT_IN_PROGRESS: ['modify'],
  PAYMENT_DONE: [],
  PAYMENT_FAILED: ['modify', 'retryPayment'],
  ORDER_CANCELLED: [],
}

const states = Object.keys(allowed) as OrderState[]
const actions = [...new Set(table.map(([, action]) => action))]
const asked: readonly UserAction[] = ['modify', 'cancel', 'retryOrder', 'pay', 'retryPayment']
const later = { actor: 'ann', at: NOON + 1000 }
const inState = (state: OrderState): Order => ({ ...anOrder('ord_1'), state })

for (const [from, action, to] of table) {
  test(`${action} moves an order from ${from} to ${to}, one version and one entry on`, (t) => {
    const before = inState(from)
    const after = move(before, action, { ...later, reason: 'because', paymentId: 'pay_1' })
    t.is(after.state, to)
    t.is(after.version, before.version + 1)
    t.is(after.updatedAt, later.at)
    t.deepEqual(after.history, [
      ...before.history,
      { seq: 2, from, to, action, reason: 'because', paymentId: 'pay_1', ...later },
    ])
    t.deepEqual(
      { ...after, state: from, version: 1, history: before.history, updatedAt: NOON },
      before,
    )
  })
}

test('what is not in the table cannot happen', (t) => {
  t.deepEqual(Object.keys(lifecycle).sort(), [...states].sort())
  let refused = 0
  for (const state of states) {
    for (const action of actions) {
      if (table.some(([from, moved]) => from === state && moved === action)) continue
      t.throws(() => move(inState(state), action, later), { message: /is not a move from/ })
      t.false(action in lifecycle[state], `${action} from ${state}`)
      refused += 1
    }
  }
  t.is(refused, 6 * 6 - table.length)
})

test('a paid and a cancelled order move no more', (t) => {
  t.deepEqual([lifecycle.PAYMENT_DONE, lifecycle.ORDER_CANCELLED], [{}, {}])
})

for (const state of states) {
  for (const action of asked) {
    if (allowed[state].includes(action)) {
      test(`a user may ${action} an order that is ${state}`, (t) => {
        const order = inState(state)
        t.is(permit(order, action)._unsafeUnwrap(), order)
      })
      continue
    }
    test(`a user may not ${action} an order that is ${state}, and hears what is allowed`, (t) => {
      const order = inState(state)
      const refusal = permit(order, action)._unsafeUnwrapErr()
      t.is(refusal.code, 'illegal_transition')
      t.is(refusal.action, action)
      t.is(refusal.order, order)
      t.deepEqual(refusal.allowed, allowed[state])
      const names = allowed[state].join(', ') || 'nothing more'
      t.is(
        refusal.detail,
        `An order that is ${state} does not allow ${action}; it allows ${names}.`,
      )
    })
  }
}

test('the actions that an order shows its user are those that are permitted', (t) => {
  t.deepEqual(userActions, allowed)
})

test('a new order is at version 1, and its history begins with its creation', (t) => {
  const { version, history, updatedAt, ...rest } = anOrder('ord_9')
  t.deepEqual([version, updatedAt], [1, NOON])
  const order = recordCreation({ ...rest, state: 'ORDER_FAILED' }, { ...later, reason: 'short' })
  const first = { seq: 1, from: null, to: 'ORDER_FAILED', action: 'create', paymentId: null }
  t.deepEqual(order.history, [{ ...first, reason: 'short', ...later }])
  t.deepEqual([order.version, order.updatedAt, history.length], [1, later.at, 1])
})

test('an edit is a version and an entry from a state to itself', (t) => {
  const order = inState('PAYMENT_FAILED')
  const edited = recordEdit(order, 'modify', later)
  const entry = { seq: 2, from: 'PAYMENT_FAILED', to: 'PAYMENT_FAILED', action: 'modify' }
  t.is(edited.state, 'PAYMENT_FAILED')
  t.is(edited.version, 2)
  t.deepEqual(edited.history.at(-1), { ...entry, reason: null, paymentId: null, ...later })
})

test('an order’s state is always the end of its history, however far it went', (t) => {
  const walk = [
    'startPayment',
    'paymentFailed',
    'retryPayment',
    'paymentFailed',
    'retryPayment',
    'paymentSucceeded',
  ] as const
  let order = anOrder('ord_1')
  for (const action of walk) {
    order = move(order, action, later)
    t.is(order.history.at(-1)?.to, order.state)
    t.is(order.version, order.history.length)
  }
  t.deepEqual(
    order.history.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  )
  t.is(order.state, 'PAYMENT_DONE')
})

test('an order’s time never runs backwards, whatever the clocks of those who move it say', (t) => {
  const order = move(anOrder('ord_1'), 'startPayment', { actor: 'ann', at: NOON + 5000 })
  const failed = move(order, 'paymentFailed', { actor: 'system', at: NOON + 3000 })
  t.is(failed.updatedAt, NOON + 5000)
  t.is(failed.history.at(-1)?.at, NOON + 5000)
})
