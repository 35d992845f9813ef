import type { UseCases } from '@holdfast/domain'
import test from 'ava'
import { linesOf } from '../../src/testing/examples.ts'
import { admin, ann, createWorld, euros, granted } from '../support.ts'

type Fields = Readonly<Record<string, unknown>>

const idempotency = { key: 'k', fingerprint: 'f' }
const write = { by: ann, idempotency }
const lines = linesOf({ mug: 1 })
const metadata = { campaign: 'spring' }
const page = { limit: 9, after: 'x' }
const product = { sku: 'PAN', name: 'Pan', description: '', price: euros(100), quantity: 1 }
const conditional = { expectedVersions: [1] }
const payment = {
  ...{ ...conditional, orderId: 'ord_0001', paymentMethod: 'card', expectedTotal: euros(1) },
}
const mayLack = ['idempotency', 'expectedVersions', 'paymentMethod', 'expectedTotal']

/** A good request with all of its fields, those that may be left out named, for every use case that takes one. */
const requests: Readonly<
  Record<keyof UseCases, readonly [request: Fields, optional?: readonly string[]] | 'takes none'>
> = {
  createOrder: [
    { ...write, lines, allowDuplicate: true, clientReference: 'C-1', metadata },
    ['idempotency', 'allowDuplicate', 'clientReference', 'metadata'],
  ],
  retryOrder: [
    { ...write, ...conditional, orderId: 'ord_0001', lines },
    ['idempotency', 'expectedVersions', 'lines'],
  ],
  modifyOrder: [
    { ...write, ...conditional, orderId: 'ord_0001', lines, metadata, reason: 'x' },
    ['idempotency', 'expectedVersions', 'metadata', 'reason'],
  ],
  cancelOrder: [
    { ...write, ...conditional, orderId: 'ord_0001', reason: 'x' },
    ['idempotency', 'expectedVersions', 'reason'],
  ],
  getOrder: [{ by: ann, orderId: 'ord_0001' }],
  listOrders: [
    { by: ann, ...page, userId: 'ann', state: 'CREATED', clientReference: 'C-1' },
    ['after', 'userId', 'state', 'clientReference'],
  ],
  payOrder: [{ ...write, ...payment }, mayLack],
  retryPayment: [{ ...write, ...payment, lines }, [...mayLack, 'lines']],
  getClaim: [{ ...write, paymentId: 'pay_0001' }, ['idempotency']],
  getPayment: [{ by: ann, paymentId: 'pay_0001' }],
  listPayments: [{ ...page, state: 'PENDING', overdue: true }, ['after', 'state', 'overdue']],
  acceptNotification: [{ eventId: 'evt_1', paymentId: 'pay_0001', type: 'captured' }],
  listRefunds: [{ ...page, state: 'OWED' }, ['after', 'state']],
  createProduct: [{ by: admin, idempotency, ...product }, ['idempotency']],
  updateProduct: [
    { by: admin, idempotency, productId: 'prod_mug', ...product, expectedVersions: [1] },
    ['idempotency', 'sku', 'name', 'description', 'price', 'quantity', 'expectedVersions'],
  ],
  getProduct: [{ id: 'prod_mug' }],
  listProducts: [page, ['after']],
  listMovements: 'takes none', // A product's id; see below.
  reconcilePayments: 'takes none',
  settleRefunds: 'takes none',
  bindGateway: 'takes none',
  checkGateway: 'takes none',
  canCharge: 'takes none',
  isGatewayConfirmed: 'takes none',
  expireOrders: 'takes none',
  forgetKeys: 'takes none',
}

/** What no field of any request may be. */
const junk: readonly unknown[] = [null, Number.NaN, Symbol('x'), () => 1, '\ud800', { a: { b: 1 } }]

let keys = 0

/** Refusals are kept under their key, so each request has one of its own. */
const withNewKey = (request: unknown): unknown => {
  const has = typeof request === 'object' && request !== null && 'idempotency' in request
  if (!has || request.idempotency !== idempotency) return request
  keys += 1
  return { ...request, idempotency: { ...idempotency, key: `k${keys}` } }
}

/** Everything there is, to see that a refusal has left nothing behind. */
const everything = async (world: Awaited<ReturnType<typeof createWorld>>) => [
  await granted(world.listOrders({ by: admin, limit: 99 })),
  await granted(world.listProducts({ limit: 99 })),
  world.gateway.calls,
]

for (const [name, row] of Object.entries(requests)) {
  if (row === 'takes none') continue
  const [good, optional = []] = row

  test(`${name} refuses what is no request, in an answer and not by throwing`, async (t) => {
    const world = await createWorld()
    const call = (request: unknown) =>
      (world[name as keyof UseCases] as (given: unknown) => ReturnType<UseCases['getOrder']>)(
        withNewKey(request),
      )
    const before = structuredClone(await everything(world))
    for (const request of [undefined, null, 'x', 7, []]) {
      t.is((await call(request))._unsafeUnwrapErr().code, 'invalid_request')
    }
    for (const [field, value] of Object.entries(good)) {
      const values = optional.includes(field) ? junk : [...junk, undefined]
      for (const bad of typeof value === 'object' ? [...values, 'text', 7] : values) {
        const error = (await call({ ...good, [field]: bad }))._unsafeUnwrapErr()
        t.is(error.code, 'invalid_request', `${field}: ${String(bad)}`)
        if (error.code !== 'invalid_request') continue
        const pointers = error.errors.map(({ pointer }) => pointer)
        t.true(
          pointers.every((each) => each === '' || each.startsWith(`/${field}`)),
          `${field}: ${String(bad)}: ${pointers}`,
        )
      }
    }
    t.deepEqual(await everything(world), before)
    const answer = await call(good)
    t.not(answer.isErr() && answer.error.code, 'invalid_request', 'the good one is taken')
  })
}

test('the movements of what is no id are refused in an answer', async (t) => {
  const world = await createWorld()
  for (const id of [undefined, null, 7, '\ud800'] as unknown as string[]) {
    t.is((await world.listMovements(id))._unsafeUnwrapErr().code, 'invalid_request')
  }
})

test('lines that are not lines are named one by one', async (t) => {
  const world = await createWorld()
  const lines = [null, { productId: 'prod_mug' }, { quantity: 1 }] as unknown as typeof good
  const good = linesOf({ mug: 1 })
  const error = (await world.createOrder({ by: ann, lines }))._unsafeUnwrapErr()
  t.is(error.code, 'invalid_request')
  t.deepEqual(error.code === 'invalid_request' && error.errors.map(({ pointer }) => pointer), [
    '/lines/0',
    '/lines/2/productId',
  ])
})
