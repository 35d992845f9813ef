import test from 'ava'
import { paced } from '../../src/operation/gauges.ts'
import { handClock } from '../one-service.ts'

test('A count stands for ten seconds, whoever asks; then it is made again.', async (t) => {
  const clock = handClock()
  let made = 0
  const count = paced(async () => ++made, clock)
  t.deepEqual(await Promise.all([count(), count(), count()]), [1, 1, 1])
  clock.forward(9999)
  t.is(await count(), 1)
  clock.forward(60_000)
  t.is(await count(), 2)
})

test('A count that failed is made again at once.', async (t) => {
  let made = 0
  const count = paced(async () => {
    made += 1
    if (made === 1) throw new Error('away')
    return made
  }, handClock())
  await t.throwsAsync(count)
  t.is(await count(), 2)
})

test('A count that takes long is made so seldom that it takes a hundredth of the time.', async (t) => {
  const clock = handClock()
  const TOOK_MS = 3000
  let made = 0
  const count = paced(async () => {
    clock.forward(TOOK_MS)
    return ++made
  }, clock)
  await count()
  clock.forward(100 * TOOK_MS - 1)
  t.is(await count(), 1)
  clock.forward(1)
  t.is(await count(), 2)
})

test('A count is made again when the clock was set back.', async (t) => {
  const clock = handClock()
  let made = 0
  const count = paced(async () => ++made, clock)
  await count()
  clock.forward(-3_600_000)
  t.is(await count(), 2)
  t.is(await count(), 2)
})
