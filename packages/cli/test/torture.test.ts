import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { randomOf, seedFrom } from '../../../test/stress/random.ts'
import { planOf } from '../../../test/stress/torture/plan.ts'
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
