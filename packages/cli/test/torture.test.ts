import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { openJournal } from '../../../test/stress/journal.ts'
import { METHODS, type Scene } from '../../../test/stress/load.ts'
import { openPlace, sell, stopAll } from '../../../test/stress/place.ts'
import { randomOf, seedFrom } from '../../../test/stress/random.ts'
import { bringAbout, errandTo } from '../../../test/stress/torture/errands.ts'
import { type Ordeal, planAgain, planOf, suits } from '../../../test/stress/torture/plan.ts'
import { runTorture } from '../../../test/stress/torture/torture-run.ts'
import { crashPoints } from '../../adapters/src/crash/crash-at.ts'

const KILLS = 20

const seed = seedFrom(process.env['STRESS_SEED'])

const checkTorture = async (t: ExecutionContext, postgresUrl?: string) => {
  t.timeout(300_000)
  t.log(`seed ${seed}`)
  const report = await runTorture({ postgresUrl, seed, kills: KILLS, clients: 6 })
  const { toll, findings, faults, orders } = report
  t.log(`${toll.kills} kills, ${toll.byPoint.size} crash points, ${orders} orders`)
  t.deepEqual(
    findings.filter(({ broken }) => broken > 0),
    [],
  )
  t.deepEqual(faults, [])
  t.true(toll.kills >= KILLS && toll.byPoint.size >= 5 && orders > 0)
}

test('on SQLite, a server that is killed at crash points, at random and while it recovers, loses nothing', async (t) =>
  checkTorture(t))

test('on PostgreSQL, three servers that are killed at crash points, at random and while they recover, lose nothing', async (t) => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  await checkTorture(t, it)
})

test('a seed gives the same plan of kills each time, and a long one has every crash point in it', (t) => {
  const plan = planOf(randomOf(seed), 300)
  t.deepEqual(planOf(randomOf(seed), 300), plan)
  t.notDeepEqual(planOf(randomOf(seed + 1), 300), plan)
  t.is(plan.filter(({ kind }) => kind !== 'stop').length, 300)
  const killed = plan.filter(({ kind }) => kind === 'point').map(({ point }) => point)
  t.deepEqual(
    crashPoints.filter((point) => !killed.includes(point)),
    [],
  )
})

test('only the server that the gateway notifies waits where notifications are written, and the spare does not stand still', (t) => {
  const at = (point: string, kind: Ordeal['kind'] = 'point') => ({ kind, point, expiry: false })
  const notified = { mayStop: true, isNotified: true }
  const another = { mayStop: true, isNotified: false }
  const spare = { mayStop: false, isNotified: false }
  for (const point of crashPoints) {
    t.true(suits(at(point), notified))
    t.is(suits(at(point), another), !point.endsWith(':acceptNotification'), point)
  }
  t.true(suits(at('after-void', 'stop'), another))
  t.false(suits(at('after-void', 'stop'), spare))
  t.true(suits(at('after-void'), spare))
})

test('a crash point that was not met is planned again at its first time, and given up in the end', (t) => {
  const missed: Ordeal = { kind: 'point', point: 'after-commit:create', nth: 4, expiry: true }
  const triesOf = (hasKilled: boolean) => {
    for (let misses = 1; misses < 1000; misses += 1) {
      const again = planAgain(missed, misses, hasKilled)
      if (!again) return misses
      t.deepEqual(again, { ...missed, nth: 1 })
    }
    return Number.POSITIVE_INFINITY
  }
  t.true(triesOf(true) > 1)
  t.true(triesOf(false) > triesOf(true))
  t.true(triesOf(false) <= 10)
})

test('servers are led to every point of orders that are retried, and of edits that pay', async (t) => {
  t.timeout(120_000)
  const place = await openPlace(undefined, 1, {}, [])
  t.teardown(async () => {
    for (const server of place.servers) await server.kill()
    await place.remove()
  })
  const products = await sell(place, 2, 0)
  await stopAll(place)
  const [server] = place.servers
  if (!server) return t.fail()
  const scene: Scene = {
    ...{ urls: [server.url], products, recent: [], journal: openJournal(), methods: METHODS },
    mayBeDown: () => true,
    isOver: () => false,
  }
  const led = crashPoints.filter((point) => /:retryOrder$|modify\+retryPayment$/.test(point))
  t.is(led.length, 9)
  for (const point of led) {
    const over = new AbortController()
    await server.start({ CRASH_AT: `${point}:1` })
    const errand = bringAbout(scene, randomOf(seed), server.url, point, over.signal)
    t.is(await server.crashed(), 'SIGKILL', point)
    over.abort()
    await server.start()
    await errand
    await server.kill()
  }
  t.deepEqual([scene.journal.faults, server.complaints], [[], []])
})

test('errands lead to points that there are', (t) => {
  const led = crashPoints.filter((point) => errandTo(point))
  t.true(led.includes('after-refund') && led.includes('before-commit:letGo'))
  t.deepEqual(
    crashPoints.filter((point) => /:create$|leasePayments|charge/.test(point) && errandTo(point)),
    [],
  )
})
