import { setImmediate } from 'node:timers/promises'
import { StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import { startDatabaseClock } from '../../src/clock/database-clock.ts'

const NOON = Date.UTC(2026, 0, 15, 12)
const MINUTE = 60_000

/** A machine and a database, both at noon, and how long the database takes to say so. */
const place = () => {
  const time = { ticks: 1000, machine: NOON, database: NOON, takesMs: 0, isAway: false, asked: 0 }
  const heard: number[] = []
  const ask = async () => {
    time.asked += 1
    if (time.isAway) throw new StoreUnavailable('away')
    pass(time.takesMs / 2)
    const { database } = time
    pass(time.takesMs / 2)
    return database
  }
  /** Time passes for all of them. */
  const pass = (ms: number) => {
    time.ticks += ms
    time.machine += ms
    time.database += ms
  }
  const parts = {
    ask,
    machineNow: () => time.machine,
    ticks: () => time.ticks,
    clockDiffers: (aheadMs: number) => heard.push(aheadMs),
  }
  return { time, pass, parts, heard }
}

test('a machine whose clock is ten minutes fast goes by the database, says so once, and tells by how much', async (t) => {
  const { time, pass, parts, heard } = place()
  time.machine += 10 * MINUTE
  const clock = await startDatabaseClock(parts)
  t.teardown(clock.stop)
  t.is(clock.now(), NOON)
  t.is(clock.aheadMs(), 10 * MINUTE)
  pass(1234)
  t.is(clock.now(), NOON + 1234)
  t.deepEqual(heard, [10 * MINUTE])
  t.is(time.asked, 1, 'the ticks carry it on')
})

test('clocks that differ by less than two seconds are nothing to talk about', async (t) => {
  const { time, parts, heard } = place()
  time.machine -= 1999
  const clock = await startDatabaseClock(parts)
  t.teardown(clock.stop)
  t.deepEqual([clock.now(), clock.aheadMs(), heard], [NOON, -1999, []])
})

test('a database that takes long to answer is taken to have looked at its clock half-way', async (t) => {
  const { time, parts } = place()
  time.takesMs = 800
  const clock = await startDatabaseClock(parts)
  t.teardown(clock.stop)
  t.is(clock.now(), time.database)
})

test('a machine that was asleep asks again when its clock has jumped, and not more than once a second', async (t) => {
  const { time, pass, parts, heard } = place()
  const clock = await startDatabaseClock(parts)
  t.teardown(clock.stop)
  pass(5000)
  time.machine += 60 * MINUTE
  time.database += 60 * MINUTE
  time.isAway = true
  for (let look = 0; look < 9; look += 1) {
    t.is(clock.now(), NOON + 5000, 'the database is away: the ticks go on')
    await setImmediate()
  }
  t.is(time.asked, 2)
  time.isAway = false
  pass(1000)
  clock.now()
  await setImmediate()
  t.is(clock.now(), time.database)
  clock.now()
  await setImmediate()
  t.is(time.asked, 3)
  t.deepEqual(heard, [])
})

test('without the database there is no clock to start with', async (t) => {
  const { time, parts } = place()
  time.isAway = true
  await t.throwsAsync(startDatabaseClock(parts), { instanceOf: StoreUnavailable })
})
