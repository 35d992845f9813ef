import test from 'ava'
import { replaceLines } from '../../src/rules/modification.ts'
import type { Order } from '../../src/rules/order.ts'
import type { OrderState } from '../../src/rules/order-lifecycle.ts'
import type { StockMovement } from '../../src/rules/reservation.ts'
import { anOrder, aProduct, linesOf, NOON } from '../../src/testing/examples.ts'

const later = { actor: 'ann', at: NOON + 1000 }
const inState = (state: OrderState, basket = { mug: 2, cup: 1 }): Order => ({
  ...anOrder('ord_1', basket),
  state,
})
/** Ten mugs and ten cups, of which all but one are reserved, at other prices than before. */
const products = new Map(
  ['mug', 'cup'].map((sku) => {
    const price = { amountMinor: 1500, currency: 'EUR' }
    const product = aProduct(sku, { price, quantity: 10, reserved: 9 })
    return [product.id, product]
  }),
)
const world = { products, sameBasket: undefined }
const moved = (movements: readonly StockMovement[]) =>
  movements.map(({ productId, kind, reservedDelta }) => [productId, kind, reservedDelta])

test('a created order exchanges just the difference, at today’s prices', (t) => {
  const order = inState('CREATED')
  const lines = linesOf({ mug: 3 })
  const { order: edited, movements } = replaceLines(order, lines, world, later)._unsafeUnwrap()
  t.is(edited.state, 'CREATED')
  t.like(edited.lines, [{ productId: 'prod_mug', quantity: 3, unitPrice: { amountMinor: 1500 } }])
  t.deepEqual(edited.total, { amountMinor: 4500, currency: 'EUR' })
  t.deepEqual(moved(movements), [
    ['prod_mug', 'reserve', 1],
    ['prod_cup', 'release', -1],
  ])
})

test('an edit is one version and one entry of history that stays in its state', (t) => {
  const order = inState('CREATED')
  const { order: edited } = replaceLines(order, linesOf({ mug: 1 }), world, later)._unsafeUnwrap()
  t.is(edited.version, order.version + 1)
  const entry = { seq: 2, from: 'CREATED', to: 'CREATED', action: 'modify', actor: 'ann' }
  t.like(edited.history.at(-1), { ...entry, at: later.at })
  t.is(edited.createdAt, order.createdAt)
})

test('an order whose payment failed takes lines that stock can meet, and reserves nothing', (t) => {
  const order = inState('PAYMENT_FAILED')
  const edit = (mug: number) => replaceLines(order, linesOf({ mug }), world, later)
  const { order: edited, movements } = edit(1)._unsafeUnwrap()
  t.is(edited.state, 'PAYMENT_FAILED')
  t.deepEqual(movements, [])

  const refusal = edit(2)._unsafeUnwrapErr()
  t.like(refusal, { code: 'insufficient_stock', order, lines: [{ requested: 2, available: 1 }] })
})

test('what the order gave up in the same transaction counts as available', (t) => {
  const order = inState('PAYMENT_FAILED')
  const edit = (mug: number) => replaceLines(order, linesOf({ mug }), world, later, order.lines)
  t.deepEqual(
    edit(3)
      ._unsafeUnwrap()
      .movements.map(({ productId, reservedDelta }) => [productId, reservedDelta]),
    order.lines.map(({ productId, quantity }) => [productId, -quantity]),
    'and is given up',
  )
  t.is(edit(4)._unsafeUnwrapErr().code, 'insufficient_stock')
})

test('an edit that stock cannot meet lists every short line, and what the order holds counts', (t) => {
  const order = inState('CREATED')
  const edit = (mug: number, cup: number) =>
    replaceLines(order, linesOf({ mug, cup }), world, later)
  t.true(edit(3, 2).isOk())
  t.like(edit(4, 3)._unsafeUnwrapErr(), {
    code: 'insufficient_stock',
    order,
    lines: [
      { sku: 'mug', requested: 4, available: 3 },
      { sku: 'cup', requested: 3, available: 2 },
    ],
  })
})

for (const state of ['ORDER_FAILED', 'PAYMENT_DONE', 'ORDER_CANCELLED'] as const) {
  test(`an order that is ${state} cannot be edited, whatever the lines`, (t) => {
    for (const lines of [linesOf({ mug: 1 }), []]) {
      const refusal = replaceLines(inState(state), lines, world, later)._unsafeUnwrapErr()
      t.like(refusal, { code: 'illegal_transition', action: 'modify' })
    }
  })
}

test('an edit obeys the rules of lines', (t) => {
  const code = (basket: Record<string, number>) =>
    replaceLines(inState('CREATED'), linesOf(basket), world, later)._unsafeUnwrapErr().code
  t.is(code({}), 'invalid_request')
  t.is(code({ mug: 0 }), 'invalid_request')
  t.is(code({ gone: 1 }), 'unknown_product')
})

test('an edit into the basket of another open order is refused, unless duplicates are allowed', (t) => {
  const twin = anOrder('ord_2', { mug: 1 })
  const surroundings = { products, sameBasket: twin }
  const edit = (allowDuplicate: boolean) =>
    replaceLines(
      { ...inState('CREATED'), allowDuplicate },
      linesOf({ mug: 1 }),
      surroundings,
      later,
    )
  t.like(edit(false)._unsafeUnwrapErr(), { code: 'duplicate_order', order: twin })
  t.true(edit(true).isOk())
})
