import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { startDatabaseClock } from '../../src/clock/database-clock.ts'

const NOON = Date.UTC(2026, 0, 15, 12)

test.beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
test.afterEach.always(() => mock.timers.reset())

test.serial(
  'the database is asked once a minute: a clock of its that was set is followed, one that wavers is not',
  async (t) => {
    let [ticks, drift, takesMs, asked] = [0, 0, 0, 0]
    const ask = async () => {
      asked += 1
      const at = NOON + ticks + drift
      ticks += takesMs
      return at
    }
    const clock = await startDatabaseClock({
      ask,
      machineNow: () => NOON + ticks,
      ticks: () => ticks,
    })
    t.teardown(clock.stop)
    const minute = async () => {
      ticks += 60_000
      mock.timers.tick(60_000)
      await setImmediate()
    }
    drift = 5
    takesMs = 50
    await minute()
    t.is(clock.now(), NOON + ticks, 'an answer that took 50 ms says nothing about 20')
    drift = -3_600_000
    await minute()
    t.true(Math.abs(clock.now() - (NOON + ticks + drift)) <= 25)
    t.is(asked, 3)
    clock.stop()
    await minute()
    t.is(asked, 3)
  },
)
