import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase, temporaryFolder } from '../../../test/databases.ts'
import { auditBooks } from '../../../test/stress/audit.ts'
import { auditJournal } from '../../../test/stress/audit-journal.ts'
import { runBaskets, runControl } from '../../../test/stress/baskets-run.ts'
import { readBooks } from '../../../test/stress/books.ts'
import { send } from '../../../test/stress/client.ts'
import { type Intent, openJournal } from '../../../test/stress/journal.ts'
import { runKills } from '../../../test/stress/kill-run.ts'
import { openPlace, type Place, sell, stopAll } from '../../../test/stress/place.ts'
import { seedFrom } from '../../../test/stress/random.ts'

const seed = seedFrom(process.env['STRESS_SEED'])

const brokenOf = (findings: ReturnType<typeof auditBooks>) =>
  findings.filter(({ broken }) => broken.length > 0)

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

test('the audit finds nothing in what the service stored, and every kind of row that was planted', async (t) => {
  const place = await openPlace(undefined, 1)
  t.teardown(place.remove)
  await trade(place)
  t.deepEqual(await stopAll(place), [])
  const healthy = await readBooks(place.databaseUrl, place.ledgerFile)
  t.deepEqual(brokenOf(auditBooks(healthy)), [])
  for (const [id, sql] of Object.entries(plants)) {
    const books = await planted(t, place, sql)
    const found = brokenOf(auditBooks(books)).map((finding) => finding.id)
    t.true(found.includes(id), `${id} is not among ${found}`)
  }
})

test('the audit finds what was told and is not there, what nobody asked for, and a key with two answers', async (t) => {
  const { it, remove } = temporaryFolder()
  t.teardown(remove)
  const place = await openPlace(undefined, 1)
  t.teardown(place.remove)
  await trade(place)
  await stopAll(place)
  const books = await readBooks(place.databaseUrl, place.ledgerFile)
  const journal = openJournal()
  const fact = { id: 'ord_gone', userId: 'ann', state: 'CREATED', version: 1 }
  journal.orders.set('ord_gone 1', { ...fact, total: 1, last: '', lines: it })
  const heard = ['one', 'other'].map((digest) => ({
    ...{ status: 201, code: undefined, digest, subject: digest },
  }))
  const sent: Intent['sent'] = { method: 'POST', path: '/order', userId: 'ann', key: 'key' }
  journal.intents.push({ kind: 'create', sent, heard, lost: 0 })
  const found = brokenOf(auditJournal(books, journal)).map(({ id }) => id)
  t.deepEqual(found, ['C1', 'C2', 'C3'])
})

/** Two open orders, one paid at the second attempt, one declined, one cancelled. */
const trade = async (place: Place) => {
  const [productId] = await sell(place, 1, 50)
  const ask = async (userId: string, path: string, body?: unknown): Promise<string> => {
    const url = place.servers[0]?.url ?? ''
    const answer = await send(url, { method: 'POST', path, userId, body, key: `${userId}${path}` })
    return 'none' in answer ? '' : JSON.parse(answer.text).id
  }
  const order = (userId: string) => ask(userId, '/order', { lines: [{ productId, quantity: 2 }] })
  await order('ann')
  await order('ben')
  const paid = await order('cat')
  await ask('cat', '/payment', { orderId: paid, paymentMethod: 'fake_decline' })
  await ask('cat', '/retrypayment', { orderId: paid })
  await ask('dan', '/payment', { orderId: await order('dan'), paymentMethod: 'fake_decline' })
  await ask('eve', `/order/cancelorder/${await order('eve')}`)
}

const unlocked = `pragma ignore_check_constraints = on;
  drop trigger order_history_refuses_update; drop trigger order_history_refuses_delete;
  drop index orders_open_basket; drop index payments_one_pending; drop index payments_one_succeeded;`

/** What breaks each invariant. Those of the gateway's ledger change its table, `charges`. */
const plants: Readonly<Record<string, string>> = {
  I1: 'update products set reserved = reserved + 1',
  I2: 'update products set quantity = quantity + 1',
  I3: 'update products set reserved = quantity + 1',
  I4: `delete from order_lines where order_id in (select id from orders where user_id = 'ann')`,
  I5: 'update orders set total_minor = total_minor + 1',
  I6: `update orders set user_id = 'ann' where user_id = 'ben'`,
  I7: 'update orders set basket = hex(zeroblob(32))',
  I8: `update orders set state = 'CREATED' where state = 'ORDER_CANCELLED'`,
  I9: `update order_history set action = 'cancel' where action = 'startPayment'`,
  I10: `update order_history set from_state = 'PAYMENT_DONE' where action = 'retryPayment'`,
  I11: 'update orders set version = version + 1',
  I12: `update payments set state = 'SUCCEEDED'`,
  I13: `update orders set state = 'PAYMENT_IN_PROGRESS' where user_id = 'ann'`,
  I14: 'update payments set amount_minor = amount_minor + 1',
  I15: 'update payments set updated_at = updated_at + 60000 where attempt = 1',
  I16: `update charges set refunded = 1 where state = 'captured'`,
  G1: `update charges set state = 'captured' where state = 'declined'`,
  G2: `update charges set captures_at = 1 where state = 'declined'`,
  G3: `update charges set refunded = 1 where state = 'declined'`,
  G4: 'update charges set amount_minor = 1',
  G5: `insert into charges values ('pay_nobody', 'declined', 1, 'EUR', '', null, 0, 0, 0)`,
  L1: `update payments set state = 'PENDING', leased_until = 9e15`,
  L2: 'update idempotency_keys set outcome = null',
}

let copies = 0

const planted = (t: ExecutionContext, place: Place, sql: string) => {
  const { it: folder, remove } = temporaryFolder()
  t.teardown(remove)
  copies += 1
  const [file, ledger] = [join(folder, `${copies}.db`), join(folder, `${copies}-ledger.db`)]
  copyFileSync(place.databaseUrl.slice('sqlite:'.length), file)
  copyFileSync(place.ledgerFile, ledger)
  const isLedger = sql.includes('charges')
  const options = { enableForeignKeyConstraints: false }
  const database = new DatabaseSync(isLedger ? ledger : file, options)
  database.exec(`${isLedger ? 'pragma ignore_check_constraints = on;' : unlocked} ${sql}`)
  database.close()
  return readBooks(`sqlite:${file}`, ledger)
}
