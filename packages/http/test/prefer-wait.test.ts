import test from 'ava'
import { readWait } from '../src/prefer-wait.ts'

// RFC 7240: 2 (the syntax; the first of several counts; what cannot be read is ignored) and 4.3 (wait).
const read: Readonly<Record<string, number | undefined>> = {
  'wait=10': 10,
  'wait=0': 0,
  'wait=007': 7,
  'wait=30': 30,
  'wait=31': 30,
  [`wait=${'9'.repeat(400)}`]: 30,
  'WAIT=5': 5,
  ' wait = 5 ': 5,
  'respond-async, wait=5': 5,
  'wait=5, respond-async': 5,
  'wait=5; why="I, too"': 5,
  'return=minimal; x="wait=9, wait=8", wait=5': 5,
  'x="a\\", wait=9", wait=5': 5,
  ',,wait=5,,': 5,
  'wait=5, wait=9': 5,
  'wait=x, wait=9': undefined,
  'wait, wait=9': undefined,
  '': undefined,
  wait: undefined,
  'wait=': undefined,
  'wait=""': undefined,
  'wait="5"': undefined,
  'wait=-1': undefined,
  'wait=+5': undefined,
  'wait=1.5': undefined,
  'wait=5s': undefined,
  'wait=5 6': undefined,
  'wait=1e1': undefined,
  'waiting=5': undefined,
  'x;wait=5': undefined,
  'x="wait=5': undefined,
  'x="wait=5\\': undefined,
}

for (const [prefer, seconds] of Object.entries(read)) {
  test(`Prefer: ${prefer.slice(0, 40) || '(nothing)'} means ${seconds ?? 'no'} seconds.`, (t) => {
    t.is(readWait({ headers: { prefer } }), seconds)
  })
}

test('A header full of quotes and backslashes is read in one pass.', (t) => {
  for (const prefer of ['"\\'.repeat(8000), '"\\"'.repeat(5000), 'x="'.repeat(5000)]) {
    t.is(readWait({ headers: { prefer } }), undefined)
  }
  t.is(readWait({ headers: {} }), undefined)
})
