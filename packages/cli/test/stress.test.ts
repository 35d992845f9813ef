import type { Finding } from '@holdfast/adapters'
import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { auditJournal } from '../../../test/stress/audit-journal.ts'
import { runBaskets, runControl } from '../../../test/stress/baskets-run.ts'
import { readBooks } from '../../../test/stress/books.ts'
import { send } from '../../../test/stress/client.ts'
import { type Intent, openJournal } from '../../../test/stress/journal.ts'
import { runKills } from '../../../test/stress/kill-run.ts'
import { openPlace, sell, stopAll } from '../../../test/stress/place.ts'
import { seedFrom } from '../../../test/stress/random.ts'
import { runWaiting } from '../../../test/stress/waiting-run.ts'

const seed = seedFrom(process.env['STRESS_SEED'])

const brokenOf = (findings: readonly Finding[]) => findings.filter(({ broken }) => broken > 0)

const checkKills = async (t: ExecutionContext, postgresUrl?: string) => {
  t.log(`seed ${seed}`)
  const times = { seconds: 8, killEverySeconds: 2, deadlineSeconds: 4 }
  const atLeast = { kills: 2, orders: 20 }
  const report = await runKills({ postgresUrl, seed, clients: 8, atLeast, ...times })
  t.log(`${report.kills} kills, ${report.orders} orders`)
  t.deepEqual(brokenOf(report.findings), [])
  t.deepEqual(report.faults, [])
  t.true(report.kills >= atLeast.kills && report.orders > 0)
}

test('on SQLite, a server that is killed again and again under load loses nothing and does nothing twice', async (t) =>
  checkKills(t))

test('on PostgreSQL, three servers that are killed again and again lose nothing and do nothing twice', async (t) => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  await checkKills(t, it)
})

const checkWaiting = async (t: ExecutionContext, postgresUrl?: string) => {
  const options = { postgresUrl, waiters: 12, spreadSeconds: 1, deadlineSeconds: 4 }
  const report = await runWaiting(options)
  t.deepEqual(brokenOf(report.findings), [])
  t.deepEqual(report.faults, [])
  t.deepEqual([report.ends.length, report.stops.length], [12, 12])
}

test('on SQLite, whoever waits is answered at the end of their payment, and at SIGTERM', async (t) =>
  checkWaiting(t))

test('on PostgreSQL, whoever waits at one of two servers is answered at the end of their payment, and at SIGTERM', async (t) => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  await checkWaiting(t, it)
})

test('baskets that meet on the same products in another order never deadlock, though without sorting they would', async (t) => {
  t.log(`seed ${seed}`)
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  // Fewer clients than connections: on a slow machine the others would be told to come back.
  const options = { postgresUrl: it, seed, orders: 200, clients: 12 }
  const report = await runBaskets(options)
  t.deepEqual([...report.statuses], [[201, 200]])
  t.deepEqual(brokenOf(report.findings), [])
  t.deepEqual([report.deadlocks, report.faults], [0, []])
  t.true((await runControl(options, false)).deadlocks > 0)
})

test('the audit finds what was told and is not there, what nobody asked for, and a key with two answers', async (t) => {
  const place = await openPlace(undefined, 1)
  t.teardown(place.remove)
  const [productId] = await sell(place, 1, 50)
  const lines = [{ productId, quantity: 2 }]
  const order = { method: 'POST', path: '/order', userId: 'ben', body: { lines } } as const
  t.like(await send(place.servers[0]?.url ?? '', order), { status: 201 })
  await stopAll(place)
  const books = await readBooks(place.databaseUrl)
  const journal = openJournal()
  const fact = { id: 'ord_gone', userId: 'ann', state: 'CREATED', version: 1 }
  journal.orders.set('ord_gone 1', { ...fact, total: 1, last: '', lines: '' })
  const heard = ['one', 'other'].map((digest) => ({
    ...{ status: 201, code: undefined, digest, subject: digest },
  }))
  const sent: Intent['sent'] = { method: 'POST', path: '/order', userId: 'ann', key: 'key' }
  journal.intents.push({ kind: 'create', sent, heard, lost: 0 })
  const found = brokenOf(auditJournal(books, journal)).map(({ id }) => id)
  t.deepEqual(found, ['C1', 'C2', 'C3'])
})
