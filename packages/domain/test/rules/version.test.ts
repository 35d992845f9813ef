import test from 'ava'
import { move, recordEdit } from '../../src/rules/order-lifecycle.ts'
import { isThisEdit, refuseOtherVersion } from '../../src/rules/version.ts'
import { anOrder, aProduct, linesOf, NOON } from '../../src/testing/examples.ts'

test('an order at another version than the expected ones is refused, and shown', (t) => {
  const order = move(anOrder('ord_1'), 'startPayment', { actor: 'ann', at: NOON })
  t.is(order.version, 2)
  t.true(refuseOtherVersion({ order }, undefined).isOk())
  t.true(refuseOtherVersion({ order }, [2]).isOk())
  t.true(refuseOtherVersion({ order }, [1, 2]).isOk())
  for (const expected of [[], [1], [3, 4]]) {
    const refusal = refuseOtherVersion({ order }, expected)._unsafeUnwrapErr()
    t.is(refusal.code, 'version_mismatch')
    t.is('order' in refusal && refusal.order, order)
  }
  const detail = (expected: readonly number[]) =>
    refuseOtherVersion({ order }, expected)._unsafeUnwrapErr().detail
  t.is(detail([3, 4]), 'The order is at version 2, not at 3 or 4.')
  t.regex(detail([]), /^The order is at version 2, and no version was named .* W\/"…"/)
})

test('a product at another version than the expected ones is refused, and shown', (t) => {
  const product = aProduct('mug', { version: 3 })
  t.true(refuseOtherVersion({ product }, [3]).isOk())
  const refusal = refuseOtherVersion({ product }, [2])._unsafeUnwrapErr()
  t.is('product' in refusal && refusal.product, product)
  t.is(refusal.detail, 'The product is at version 3, not at 2.')
})

const ann = { actor: 'ann', at: NOON }
const lines = linesOf({ mug: 2 })
const order = anOrder('ord_1', { mug: 2 })
const edited = recordEdit(order, 'modify', ann)
const started = move(order, 'startPayment', ann)
const failed = (reason: string) =>
  move(started, 'paymentFailed', { ...ann, actor: 'system', reason })

test('an edit that is all that came after the expected version is known again', (t) => {
  t.true(isThisEdit(edited, { lines, actor: 'ann' }, [1]))
  t.true(isThisEdit(edited, { lines, actor: 'ann' }, [7, 1]))
  const superseding = recordEdit(failed('superseded'), 'modify', ann)
  t.true(isThisEdit(superseding, { lines, actor: 'ann' }, [2]))
})

const others = {
  'no version is expected': [edited, lines, [], 'ann'],
  'a version long before is expected': [edited, lines, [0], 'ann'],
  'nothing came after it': [edited, lines, [2], 'ann'],
  'it is to come': [edited, lines, [3], 'ann'],
  'somebody else made the edit': [edited, lines, [1], 'bob'],
  'it was to another quantity': [edited, linesOf({ mug: 3 }), [1], 'ann'],
  'it was to another product': [edited, linesOf({ cup: 2 }), [1], 'ann'],
  'it was to more lines': [edited, linesOf({ mug: 2, cup: 1 }), [1], 'ann'],
  'something came after it': [move(edited, 'cancel', ann), lines, [1], 'ann'],
  'there were two edits': [recordEdit(edited, 'modify', ann), lines, [1], 'ann'],
  'a payment began before it': [recordEdit(failed('superseded'), 'modify', ann), lines, [1], 'ann'],
  'a decline came before it': [
    recordEdit(failed('card_declined'), 'modify', ann),
    lines,
    [2],
    'ann',
  ],
} as const

for (const [what, [found, asked, expected, actor]] of Object.entries(others)) {
  test(`an edit is another one where ${what}`, (t) => {
    t.false(isThisEdit(found, { lines: asked, actor }, expected))
  })
}
