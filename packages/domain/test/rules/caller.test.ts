import test from 'ava'
import { actorOf, buyerOf, isBuyer, isCaller, userOf } from '../../src/rules/caller.ts'

test('history names who acts, and the order is the user’s on whose behalf they do', (t) => {
  const clerk = { operator: 'clerk', onBehalfOf: 'ann' }
  t.deepEqual([actorOf({ user: 'ann' }), userOf({ user: 'ann' })], ['ann', 'ann'])
  t.deepEqual([actorOf(clerk), userOf(clerk), buyerOf(clerk)], ['clerk', 'ann', 'ann'])
  t.deepEqual([actorOf({ operator: 'clerk' }), userOf({ operator: 'clerk' })], ['clerk', undefined])
})

const nobody: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a name', 'ann'],
  ['an empty object', {}],
  ['a user who got lost', { user: undefined }],
  ['a user of null', { user: null }],
  ['an empty user', { user: '' }],
  ['an empty operator', { operator: '' }],
  ['a number', { user: 7 }],
  ['half of a surrogate pair', { user: '\ud800' }],
  ['NUL', { operator: 'a\u0000b' }],
  ['both at once', { user: 'ann', operator: 'clerk' }],
  ['a user on behalf of another', { user: 'ann', onBehalfOf: 'bob' }],
  ['an operator on behalf of nobody in particular', { operator: 'clerk', onBehalfOf: '' }],
  ['an operator whose user got lost', { operator: 'clerk', onBehalfOf: undefined }],
  ['an operator with a user of another name', { operator: 'clerk', userId: 'ann' }],
  ['the form of before', { actor: 'ann', userId: undefined }],
]

for (const [what, by] of nobody) {
  test(`a caller who is neither a user nor an operator is refused: ${what}`, (t) => {
    for (const check of [isCaller, isBuyer]) {
      t.deepEqual(
        check(by, '/by').map(({ pointer }) => pointer),
        ['/by'],
      )
    }
  })
}

test('an operator sees orders without a user, and places none', (t) => {
  t.deepEqual(isCaller({ operator: 'clerk' }, '/by'), [])
  t.is(isBuyer({ operator: 'clerk' }, '/by').length, 1)
  t.deepEqual(isBuyer({ operator: 'clerk', onBehalfOf: 'ann' }, '/by'), [])
  t.deepEqual(isBuyer({ user: 'ann' }, '/by'), [])
})
