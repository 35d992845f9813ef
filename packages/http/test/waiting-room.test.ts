import { setImmediate } from 'node:timers/promises'
import { type Changes, type Store, StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test from 'ava'
import { announceEnds, createWaitingRoom } from '../src/waiting-room.ts'
import { handTimers } from './hand-timers.ts'

/** A room on a store whose answers the test gives, and all that was asked of it and logged. */
const aRoom = (most = { inAll: 4, ofUser: 2 }) => {
  const timers = handTimers()
  const asked: (readonly string[])[] = []
  const answers: (readonly string[] | Promise<readonly string[]>)[] = []
  const logged: string[] = []
  const store = {
    endedAmong: async (ids: readonly string[]) => {
      asked.push(ids)
      return answers.shift() ?? []
    },
  }
  const log = { warn: () => logged.push('warn'), error: () => logged.push('error') }
  const room = createWaitingRoom({ store, timers, log }, most)
  const enter = (paymentId: string, userId = paymentId, ms = 30_000) =>
    room.enter({ paymentId, userId, ms })
  const forward = async (ms: number) => {
    timers.forward(ms)
    await setImmediate() // The answer of the store arrives.
  }
  return { room, enter, forward, asked, answers, logged }
}

test('The end of a payment wakes all who wait for it, and nobody else.', async (t) => {
  const { room, enter } = aRoom()
  const [first, second, other] = [enter('one', 'ann'), enter('one', 'bob'), enter('two', 'ann')]
  room.ended('one')
  t.deepEqual(await Promise.all([first?.woken, second?.woken]), ['ended', 'ended'])
  room.close()
  t.is(await other?.woken, 'stopped')
})

test('Whoever has waited for their time is woken, not before and only they.', async (t) => {
  const { room, enter, forward } = aRoom()
  const [short, long] = [enter('one', 'ann', 1000), enter('one', 'ann', 1001)]
  const woken: string[] = []
  void short?.woken.then((why) => woken.push(why))
  await forward(999)
  t.deepEqual(woken, [])
  await forward(1)
  t.deepEqual(woken, ['timeUp'])
  room.ended('one')
  t.is(await long?.woken, 'ended')
})

test('One read looks for all who wait, a while after the last was answered, and none while nobody waits.', async (t) => {
  const { enter, forward, asked, answers } = aRoom()
  await forward(1000)
  t.deepEqual(asked, [])
  const places = [enter('one', 'ann'), enter('one', 'bob'), enter('two')]
  await forward(24)
  t.deepEqual(asked, [])
  const slow = Promise.withResolvers<readonly string[]>()
  answers.push(slow.promise)
  await forward(1)
  await forward(1000)
  t.deepEqual(asked, [['one', 'two']])
  slow.resolve(['one'])
  t.is(await places[0]?.woken, 'ended')
  t.is(await places[1]?.woken, 'ended')
  await forward(0)
  answers.push(['two'])
  await forward(25)
  t.is(await places[2]?.woken, 'ended')
  await forward(0)
  await forward(25)
  await forward(1000)
  t.deepEqual(asked, [['one', 'two'], ['two']])
  const again = enter('three')
  answers.push(['three'])
  await forward(25)
  t.is(await again?.woken, 'ended')
})

test('A look that fails is logged, and tried again after a second.', async (t) => {
  const { enter, forward, asked, answers, logged } = aRoom()
  const place = enter('one')
  answers.push(Promise.reject(new StoreUnavailable('away')), Promise.reject(new Error('a bug')))
  await forward(50)
  await forward(999)
  t.deepEqual([asked.length, logged], [1, ['warn']])
  await forward(1)
  await forward(999)
  t.deepEqual([asked.length, logged], [2, ['warn', 'error']])
  answers.push(['one'])
  await forward(1)
  t.is(await place?.woken, 'ended')
})

test('There is a most of all who wait, and of those of one user; a place that is left is free again.', async (t) => {
  const { room, enter } = aRoom()
  const anns = [enter('one', 'ann'), enter('two', 'ann')]
  t.is(enter('three', 'ann'), undefined)
  t.truthy(enter('one', 'bob'))
  t.truthy(enter('one', 'cyd'))
  t.is(enter('one', 'dan'), undefined)
  anns[0]?.leave()
  t.is(await anns[0]?.woken, 'left')
  t.truthy(enter('one', 'dan'))
  t.is(enter('one', 'eve'), undefined)
  room.ended('two')
  t.is(await anns[1]?.woken, 'ended')
  t.truthy(enter('three', 'ann'))
})

test('A room that is closed wakes everybody and lets nobody in.', async (t) => {
  const { room, enter, forward, asked } = aRoom()
  const place = enter('one')
  room.close()
  t.is(await place?.woken, 'stopped')
  t.is(enter('one'), undefined)
  await forward(1000)
  t.deepEqual(asked, [])
})

test('An end is announced once it is written, and not where nothing was.', async (t) => {
  const written = Promise.withResolvers<void>()
  const memory = createMemoryStore()
  const store: Store = {
    ...memory,
    transaction: async (wanted, decide) => {
      const value = await memory.transaction(wanted, decide)
      await written.promise
      return value
    },
  }
  const told: string[] = []
  const announced = announceEnds(store, (id) => told.push(id))
  const write = (changes?: Changes) =>
    announced.transaction({}, () => ({ value: 1, ...(changes && { changes }) }))
  const ending = write({ concluded: { paymentId: 'pay_1', outcome: '{}' } })
  await setImmediate()
  t.deepEqual(told, [])
  written.resolve()
  t.is(await ending, 1)
  t.deepEqual(told, ['pay_1'])
  await write({})
  await write()
  t.deepEqual(told, ['pay_1'])
})
