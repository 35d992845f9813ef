import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { openJournal } from '../../../test/stress/journal.ts'
import { runClient, type Scene } from '../../../test/stress/load.ts'
import { openPlace, sell, stopAll } from '../../../test/stress/place.ts'
import { randomOf, seedFrom } from '../../../test/stress/random.ts'
import { holdfast } from '../../../test/stress/servers.ts'

const seed = seedFrom(process.env['STRESS_SEED'])
const AUDITS = 3

/** Servers under load, beside which the real command runs again and again; what each run ended with. */
const auditUnderLoad = async (t: ExecutionContext, postgresUrl?: string) => {
  const place = await openPlace(postgresUrl, postgresUrl ? 2 : 1, { PAYMENT_DEADLINE: '2s' })
  t.teardown(async () => {
    for (const server of place.servers) await server.kill()
    await place.remove()
  })
  const journal = openJournal()
  let over = false
  const scene: Scene = {
    urls: place.servers.map(({ url }) => url),
    products: await sell(place, 6, 40),
    journal,
    recent: [],
    mayBeDown: () => false,
    isOver: () => over,
  }
  const load = Array.from({ length: 6 }, (_, client) => runClient(scene, randomOf(seed + client)))
  const ended = []
  while (ended.length < AUDITS) ended.push(await holdfast(['audit', '--json'], place.environment))
  over = true
  await Promise.all(load)
  t.deepEqual([...journal.faults, ...(await stopAll(place))], [])
  return ended
}

const check = async (t: ExecutionContext, postgresUrl?: string) => {
  const ended = await auditUnderLoad(t, postgresUrl)
  const reports = ended.map(({ stdout }) => JSON.parse(stdout))
  t.log(`seed ${seed}, orders: ${reports.map(({ audited }) => audited.orders).join(', ')}`)
  t.deepEqual(
    ended.map(({ code, stderr }) => [code, stderr]),
    ended.map(() => [0, '']),
  )
  t.true(reports.at(-1).audited.payments > 0)
}

test('on SQLite, audits beside a server under load hold up nobody and find nothing broken', (t) =>
  check(t))

test('on PostgreSQL, audits beside two servers under load hold up nobody and find nothing broken', async (t) => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  await check(t, it)
})
