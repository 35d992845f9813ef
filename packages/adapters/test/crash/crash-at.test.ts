import test from 'ava'
import { readConfiguration } from '../../src/configuration.ts'
import { crashPoints } from '../../src/crash/crash-at.ts'

const read = (environment: Readonly<Record<string, string>>) => readConfiguration(environment)

test('CRASH_AT names a point and how often it is to be reached first; it kills, or with :stop it stops', (t) => {
  for (const point of crashPoints) {
    const kill = read({ CRASH_AT: `${point}:1` })._unsafeUnwrap()
    t.deepEqual(kill.crashAt, { point, nth: 1, signal: 'SIGKILL' })
    const stop = read({ CRASH_AT: `${point}:20:stop` })._unsafeUnwrap()
    t.deepEqual(stop.crashAt, { point, nth: 20, signal: 'SIGSTOP' })
  }
})

const [point = ''] = crashPoints
const wrong = ['1', 'before-lunch:1', point, `${point}:0`, `${point}:x`, `${point}:1:start`]
for (const written of [...wrong, ` ${point}:1`, `${point}:1 `, `${point}:-1`, `${point}:1.5`]) {
  test(`CRASH_AT=${JSON.stringify(written)} is refused, with every point that there is`, (t) => {
    const [error] = read({ CRASH_AT: written })._unsafeUnwrapErr()
    t.is(error?.variable, 'CRASH_AT')
    for (const each of crashPoints) t.true(error?.detail.includes(each))
  })
}
