import { StoreUnavailable } from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import test from 'ava'
import { createWriteWatch, LIMIT_MS } from '../../src/operation/write-watch.ts'
import { handClock } from '../one-service.ts'
import { sell, startService } from '../support.ts'

/** A database whose writes succeed, fail, or hang until they are let go, as the test says. */
const moody = () => {
  const mood: { is: 'well' | 'failing' | 'hanging' } = { is: 'well' }
  let letGo = () => {}
  let writes = 0
  const proveWritable = async () => {
    writes += 1
    if (mood.is === 'failing') throw new StoreUnavailable('full')
    if (mood.is === 'hanging') await new Promise<void>((resolve) => (letGo = resolve))
  }
  return { mood, store: { proveWritable }, letGo: () => letGo(), writes: () => writes }
}

test('A write that hangs is told once it has hung for five seconds, from its beginning, until it ends.', async (t) => {
  const [clock, { mood, store, letGo }] = [handClock(), moody()]
  const { look, notSince } = createWriteWatch({ store, clock })
  await look()
  t.is(notSince(), undefined)
  mood.is = 'hanging'
  const [begunAt, looking] = [clock.now(), look()]
  clock.forward(LIMIT_MS - 1)
  t.is(notSince(), undefined)
  clock.forward(1)
  t.is(notSince(), begunAt)
  clock.forward(3_600_000)
  t.is(notSince(), begunAt)
  letGo()
  await looking
  t.is(notSince(), undefined)
})

test('One write that fails says nothing; those that go on failing do, since the first of them.', async (t) => {
  const [clock, { mood, store }] = [handClock(), moody()]
  const { look, notSince } = createWriteWatch({ store, clock })
  mood.is = 'failing'
  const begunAt = clock.now()
  await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
  t.is(notSince(), undefined)
  clock.forward(LIMIT_MS)
  await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
  t.is(notSince(), begunAt)
  mood.is = 'well'
  await look()
  t.is(notSince(), undefined)
})

test('While writes hang the service is not ready and says since when, adds none, and answers reads.', async (t) => {
  const [clock, database] = [handClock(), moody()]
  const store = { ...createMemoryStore(), ...database.store }
  database.mood.is = 'hanging'
  const since = new Date(clock.now()).toISOString()
  const service = await startService(t, { clock, store })
  const ready = () => service.ask('GET', '/readyz', undefined, { user: '' })
  const writable = async () =>
    /^holdfast_store_writable (\d)$/m.exec((await service.ask('GET', '/metrics')).text)?.[1]
  t.is((await ready()).status, 200)
  t.is(await writable(), '1')

  clock.forward(LIMIT_MS)
  const { status, body } = await ready()
  t.is(status, 503)
  const found = { database: 'not writing', gateway: 'up', since }
  t.like(body, { code: 'store_unavailable', ...found })
  t.is(await writable(), '0')
  t.is((await service.ask('GET', '/product')).status, 200)
  t.is((await service.ask('GET', '/healthz')).status, 200)
  t.is(database.writes(), 1)

  database.letGo()
  while ((await ready()).status !== 200);
  t.is(await writable(), '1')
  await sell(service, 1)
})

test('A clock that is set back hides no write that hangs, and a slow failure alone is not told.', async (t) => {
  const [clock, { mood, store, letGo }] = [handClock(), moody()]
  const time = { ticks: 0 }
  const { look, notSince } = createWriteWatch({ store, clock, ticks: () => time.ticks })
  mood.is = 'hanging'
  const [begunAt, looking] = [clock.now(), look()]
  clock.forward(-3_600_000)
  time.ticks += LIMIT_MS
  t.is(notSince(), begunAt)
  letGo()
  await looking
  mood.is = 'failing'
  await t.throwsAsync(look(), { instanceOf: StoreUnavailable })
  clock.forward(2 * LIMIT_MS)
  time.ticks += 2 * LIMIT_MS
  t.is(notSince(), undefined, 'the next look is about to tell')
})
