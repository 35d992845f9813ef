import type { OrderState, UserAction } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { ann, createWorld, orderIn, type World } from '../support.ts'

/** What each action comes to in each state: the state after it, or the code of the refusal. */
const expected: Readonly<Record<OrderState, Readonly<Record<UserAction, string>>>> = {
  CREATED: {
    modify: 'CREATED',
    cancel: 'ORDER_CANCELLED',
    retryOrder: 'illegal_transition',
    pay: 'PAYMENT_DONE',
    retryPayment: 'illegal_transition',
  },
  ORDER_FAILED: {
    modify: 'illegal_transition',
    cancel: 'illegal_transition',
    retryOrder: 'ORDER_FAILED',
    pay: 'illegal_transition',
    retryPayment: 'illegal_transition',
  },
  PAYMENT_IN_PROGRESS: {
    modify: 'PAYMENT_FAILED',
    cancel: 'illegal_transition',
    retryOrder: 'illegal_transition',
    pay: 'PAYMENT_IN_PROGRESS',
    retryPayment: 'PAYMENT_IN_PROGRESS',
  },
  PAYMENT_DONE: {
    modify: 'illegal_transition',
    cancel: 'illegal_transition',
    retryOrder: 'illegal_transition',
    pay: 'order_already_paid',
    retryPayment: 'order_already_paid',
  },
  PAYMENT_FAILED: {
    modify: 'PAYMENT_FAILED',
    cancel: 'illegal_transition',
    retryOrder: 'illegal_transition',
    pay: 'illegal_transition',
    retryPayment: 'PAYMENT_DONE',
  },
  ORDER_CANCELLED: {
    modify: 'illegal_transition',
    cancel: 'ORDER_CANCELLED',
    retryOrder: 'illegal_transition',
    pay: 'illegal_transition',
    retryPayment: 'illegal_transition',
  },
}

const allowed: Readonly<Record<OrderState, readonly UserAction[]>> = {
  CREATED: ['modify', 'cancel', 'pay'],
  ORDER_FAILED: ['retryOrder'],
  PAYMENT_IN_PROGRESS: ['modify'],
  PAYMENT_DONE: [],
  PAYMENT_FAILED: ['modify', 'retryPayment'],
  ORDER_CANCELLED: [],
}

/** The state that an action leaves an order in, or its refusal. */
const does = (world: World, action: UserAction, orderId: string) => {
  const request = { by: ann, orderId }
  const answers = {
    modify: () => world.modifyOrder({ ...request, lines: linesOf({ mug: 1 }) }),
    cancel: () => world.cancelOrder(request),
    retryOrder: () => world.retryOrder(request),
    pay: () => world.payOrder(request).map(({ order }) => order),
    retryPayment: () => world.retryPayment(request).map(({ order }) => order),
  }
  return answers[action]()
}

/** What the gateway was asked to do: a question does nothing. */
const deedsOf = ({ gateway }: World) => gateway.calls.filter((call) => !call.startsWith('lookup'))

for (const state of Object.keys(expected) as OrderState[]) {
  for (const action of Object.keys(expected[state]) as UserAction[]) {
    const outcome = expected[state][action]
    test(`${action} on an order that is ${state} comes to ${outcome}`, async (t) => {
      const world = await createWorld()
      const order = await orderIn(world, state)
      t.is(order.state, state)
      const [stock, deeds] = [await world.stock('mug'), deedsOf(world)]
      const answer = await does(world, action, order.id)
      if (answer.isOk()) {
        t.is(answer.value.state, outcome as OrderState)
        t.is((await world.stored(order.id)).state, answer.value.state)
        return
      }
      t.is(answer.error.code, outcome as typeof answer.error.code)
      if (answer.error.code === 'illegal_transition') {
        t.deepEqual(answer.error.order, order)
        t.deepEqual([answer.error.action, answer.error.allowed], [action, allowed[state]])
      }
      t.deepEqual(await world.stored(order.id), order, 'the order is as it was')
      t.deepEqual(await world.stock('mug'), stock, 'and so is the stock')
      t.deepEqual(deedsOf(world), deeds, 'and the gateway was not asked to do anything')
    })
  }
}
