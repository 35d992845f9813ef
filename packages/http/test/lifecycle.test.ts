import { lifecycle, type OrderState, type UserAction, userActions } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { reconcileAll } from './one-service.ts'
import { type Answer, lines, place, sell, startService, type TestService } from './support.ts'

type Clock = { now: number }

const started = async (t: ExecutionContext) => {
  const time: Clock = { now: Date.UTC(2026, 0, 15, 12) }
  const service = await startService(t, { clock: { now: () => time.now } })
  return { ...service, time }
}

const pay = ({ ask }: TestService, orderId: string, paymentMethod: string) =>
  ask('POST', '/payment', { orderId, paymentMethod })

/** Brings a new order of one product into a state, by requests alone. */
const inState: Record<OrderState, (service: TestService, product: string) => Promise<string>> = {
  CREATED: (service, product) => place(service, product),
  ORDER_FAILED: async ({ ask }, product) =>
    (await ask('POST', '/order', lines(product, 999))).body.order.id,
  ORDER_CANCELLED: async (service, product) => {
    const id = await place(service, product)
    await service.ask('POST', `/order/cancelorder/${id}`)
    return id
  },
  PAYMENT_IN_PROGRESS: async (service, product) => {
    const id = await place(service, product)
    await pay(service, id, 'fake_timeout')
    return id
  },
  PAYMENT_DONE: async (service, product) => {
    const id = await place(service, product)
    await pay(service, id, 'fake_approve')
    return id
  },
  PAYMENT_FAILED: async (service, product) => {
    const id = await place(service, product)
    await pay(service, id, 'fake_decline')
    return id
  },
}

const act: Record<
  UserAction,
  (service: TestService, id: string, product: string) => Promise<Answer>
> = {
  modify: ({ ask }, id, product) => ask('PUT', `/order/${id}`, lines(product, 2)),
  cancel: ({ ask }, id) => ask('POST', `/order/cancelorder/${id}`),
  retryOrder: ({ ask }, id) => ask('POST', `/order/retryorder/${id}`),
  pay: ({ ask }, orderId) => ask('POST', '/payment', { orderId }),
  retryPayment: ({ ask }, orderId) => ask('POST', '/retrypayment', { orderId }),
}

const stateOf = async ({ ask }: TestService, id: string): Promise<string> =>
  (await ask('GET', `/order/${id}`)).body.state

const lastStep = async ({ ask }: TestService, id: string) => {
  const { from, to, action } = (await ask('GET', `/order/${id}`)).body.history.at(-1)
  return [from, action, to]
}

const states = Object.keys(lifecycle) as OrderState[]
const actions = Object.keys(act) as UserAction[]

/** Where kindness answers something better than a refusal: repeats of what has happened or is happening. */
const kinder: Partial<Record<OrderState, Partial<Record<UserAction, [number, string?]>>>> = {
  ORDER_CANCELLED: { cancel: [200] },
  PAYMENT_IN_PROGRESS: { pay: [202], retryPayment: [202] },
  PAYMENT_DONE: { pay: [409, 'order_already_paid'], retryPayment: [409, 'order_already_paid'] },
}

for (const state of states) {
  for (const action of actions.filter((each) => !userActions[state].includes(each))) {
    const [status, code] = kinder[state]?.[action] ?? [409, 'illegal_transition']
    test(`${action} on an order that is ${state} answers ${status} ${code ?? ''} and changes nothing`, async (t) => {
      const service = await started(t)
      const product = await sell(service, 5)
      const id = await inState[state](service, product)
      const before = await service.ask('GET', `/order/${id}`)
      t.is(before.body.state, state)
      t.deepEqual(before.body.actions, userActions[state])

      const answer = await act[action](service, id, product)
      t.is(answer.status, status)
      if (code) t.is(answer.body.code, code)
      if (code === 'illegal_transition') t.deepEqual(answer.body.allowed, userActions[state])
      t.is((await service.ask('GET', `/order/${id}`)).text, before.text)
    })
  }
}

test('create with all lines reserved makes a CREATED order', async (t) => {
  const service = await started(t)
  const id = await place(service, await sell(service, 1))
  t.deepEqual(await lastStep(service, id), [null, 'create', 'CREATED'])
})

test('create with a line short stores an ORDER_FAILED order that lists what is short', async (t) => {
  const service = await started(t)
  const product = await sell(service, 1)
  const answer = await service.ask('POST', '/order', lines(product, 2))
  t.is(answer.status, 409)
  t.is(answer.body.code, 'insufficient_stock')
  t.is(answer.headers.get('location'), `/order/${answer.body.order.id}`)
  t.like(answer.body.order, { state: 'ORDER_FAILED', failure: { code: 'insufficient_stock' } })
  t.like(answer.body.lines[0], { productId: product, requested: 2, available: 1 })
  t.deepEqual(await lastStep(service, answer.body.order.id), [null, 'create', 'ORDER_FAILED'])
})

test('retry order leads from ORDER_FAILED to CREATED once all lines can be reserved', async (t) => {
  const service = await started(t)
  const product = await sell(service, 1)
  const { order } = (await service.ask('POST', '/order', lines(product, 2))).body
  t.is((await act.retryOrder(service, order.id, product)).status, 409)
  t.is(await stateOf(service, order.id), 'ORDER_FAILED')
  await service.ask('PUT', `/product/${product}`, { quantityDelta: 1 }, { admin: true })
  const retried = await act.retryOrder(service, order.id, product)
  t.is(retried.status, 200)
  t.like(retried.body, { state: 'CREATED', failure: null })
  t.deepEqual(await lastStep(service, order.id), ['ORDER_FAILED', 'retryOrder', 'CREATED'])
})

test('cancel leads from CREATED to ORDER_CANCELLED and gives the stock back', async (t) => {
  const service = await started(t)
  const product = await sell(service, 1)
  const id = await inState.ORDER_CANCELLED(service, product)
  t.deepEqual(await lastStep(service, id), ['CREATED', 'cancel', 'ORDER_CANCELLED'])
  t.is((await service.ask('GET', `/product/${product}`)).body.available, 1)
})

test('start payment leads to PAYMENT_IN_PROGRESS, and payment succeeded from there to PAYMENT_DONE', async (t) => {
  const service = await started(t)
  const product = await sell(service, 1)
  const id = await place(service, product)
  const slow = await pay(service, id, 'fake_slow')
  t.is(slow.status, 202)
  t.deepEqual(await lastStep(service, id), ['CREATED', 'startPayment', 'PAYMENT_IN_PROGRESS'])
  service.time.now += 5000
  await reconcileAll(service, { now: () => service.time.now })
  t.deepEqual(await lastStep(service, id), [
    'PAYMENT_IN_PROGRESS',
    'paymentSucceeded',
    'PAYMENT_DONE',
  ])
  t.like((await service.ask('GET', `/product/${product}`)).body, { quantity: 0, reserved: 0 })
})

test('payment failed leads to PAYMENT_FAILED, and retry payment from there to PAYMENT_IN_PROGRESS', async (t) => {
  const service = await started(t)
  const product = await sell(service, 1)
  const id = await inState.PAYMENT_FAILED(service, product)
  t.deepEqual(await lastStep(service, id), [
    'PAYMENT_IN_PROGRESS',
    'paymentFailed',
    'PAYMENT_FAILED',
  ])
  t.is((await service.ask('GET', `/product/${product}`)).body.available, 1)
  const body = { orderId: id, paymentMethod: 'fake_timeout' }
  t.is((await service.ask('POST', '/retrypayment', body)).status, 202)
  t.deepEqual(await lastStep(service, id), [
    'PAYMENT_FAILED',
    'retryPayment',
    'PAYMENT_IN_PROGRESS',
  ])
  t.is((await service.ask('GET', `/product/${product}`)).body.available, 0)
})

for (const state of ['CREATED', 'PAYMENT_FAILED', 'PAYMENT_IN_PROGRESS'] as const) {
  test(`modify replaces the lines of an order that is ${state}`, async (t) => {
    const service = await started(t)
    const product = await sell(service, 5)
    const id = await inState[state](service, product)
    const answer = await act.modify(service, id, product)
    t.is(answer.status, 200)
    const ends = state === 'PAYMENT_IN_PROGRESS' ? 'PAYMENT_FAILED' : state
    t.like(answer.body, { state: ends, total: { amountMinor: 2598 } })
    t.deepEqual(await lastStep(service, id), [ends, 'modify', ends])
    const held = state === 'CREATED' ? 2 : 0
    t.is((await service.ask('GET', `/product/${product}`)).body.reserved, held)
    if (state === 'PAYMENT_IN_PROGRESS') t.is(answer.body.payments[0].failure.code, 'superseded')
  })
}

test('a payment without any outcome is fenced at its deadline, and its order is PAYMENT_FAILED', async (t) => {
  const service = await started(t)
  const id = await inState.PAYMENT_IN_PROGRESS(service, await sell(service, 1))
  service.time.now += 180_000
  await reconcileAll(service, { now: () => service.time.now })
  const { body } = await service.ask('GET', `/order/${id}`)
  t.is(body.state, 'PAYMENT_FAILED')
  t.is(body.payments[0].failure.code, 'acknowledgement_timeout')
})
