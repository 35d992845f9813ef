import test from 'ava'
import { isWithin } from '../../src/rules/invalid-request.ts'

test('a number is within its bounds only if it is whole, exact and not a negative zero', (t) => {
  for (const value of [1, 2, 3]) t.true(isWithin(value, 1, 3), `${value}`)
  for (const value of [0, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.false(isWithin(value, 1, 3), `${value}`)
  }
  t.true(isWithin(0, 0, 3))
  t.false(isWithin(-0, 0, 3))
  t.false(isWithin(2 ** 53, 0, 2 ** 54))
})
