import test from 'ava'
import { areMetadata, sameMetadata } from '../../src/rules/metadata.ts'

const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']))
const pointersOf = (value: unknown) => areMetadata(value, '/metadata').map(({ pointer }) => pointer)

const allowed = {
  nothing: {},
  '20 keys': keys(20),
  'a key of 40 characters': { ['k'.repeat(40)]: '' },
  'a text of 500 characters': { key: 'x'.repeat(500) },
  'text in any script': { Größe: '大' },
}

for (const [what, metadata] of Object.entries(allowed)) {
  test(`an order can carry ${what}`, (t) => t.deepEqual(pointersOf(metadata), []))
}

const refused = {
  'nothing at all': [null, '/metadata'],
  'a list': [['x'], '/metadata'],
  '21 keys': [keys(21), '/metadata'],
  'an empty key': [{ '': 'x' }, '/metadata'],
  'a key of 41 characters': [{ ['k'.repeat(41)]: 'x' }, '/metadata'],
  'half of a surrogate pair as a key': [{ '\ud800': 'x' }, '/metadata'],
  'a text of 501 characters': [{ key: 'x'.repeat(501) }, '/metadata/key'],
  'a number': [{ key: 7 }, '/metadata/key'],
  'text with NUL': [{ 'a/b~c': '\u0000' }, '/metadata/a~1b~0c'],
} as const

for (const [what, [metadata, pointer]] of Object.entries(refused)) {
  test(`an order cannot carry ${what}, and the place is named`, (t) => {
    t.deepEqual(pointersOf(metadata), [pointer])
  })
}

test('the order of the keys makes no difference, a text or a key does', (t) => {
  t.true(sameMetadata({ a: '1', b: '2' }, { b: '2', a: '1' }))
  t.false(sameMetadata({ a: '1' }, { a: '2' }))
  t.false(sameMetadata({ a: '1' }, { b: '1' }))
  t.false(sameMetadata({}, { a: '1' }))
})
