import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { temporaryFolder } from '../support.ts'
import { amount, capturedCharge } from './support.ts'

const captured = capturedCharge('pay_1', 1000)

const opened = (t: ExecutionContext, filename = ':memory:') => {
  const ledger = openFakeLedger(filename)
  t.teardown(() => ledger.close())
  return ledger
}

test('every capture and every refund is counted: a second one would show', (t) => {
  const ledger = opened(t)
  ledger.book(captured, 'captured', 1000)
  t.like(ledger.entries('', 10)[0], { captures: 1, refunds: 0 })
  ledger.save(captured) // Written again without an event, nothing has happened.
  t.like(ledger.entries('', 10)[0], { captures: 1, refunds: 0 })
  ledger.book(captured, 'captured', 2000)
  ledger.book({ ...captured, refunded: true }, 'refunded', 3000)
  ledger.book({ ...captured, refunded: true }, 'refunded', 4000)
  ledger.book({ ...captured, refunded: true }, 'refunded', 5000)
  t.deepEqual(ledger.entries('', 10), [
    {
      ...{ idempotencyKey: 'pay_1', state: 'captured', amount, at: 1000, capturesAt: null },
      ...{ captures: 2, refunds: 3 },
    },
  ])
})

test('a charge that is due captures once, at its time, whoever looks first', (t) => {
  const ledger = opened(t)
  ledger.save({ ...captured, state: 'pending', capturesAt: 5000 })
  ledger.bookDue(4999)
  t.like(ledger.entries('', 10)[0], { state: 'pending', captures: 0, capturesAt: 5000 })
  ledger.bookDue(9000)
  ledger.bookDue(9000)
  t.like(ledger.find('pay_1', 9000), { state: 'captured', capturesAt: null, at: 5000 })
  t.like(ledger.entries('', 10)[0], { state: 'captured', captures: 1, at: 5000 })

  ledger.save({ ...captured, idempotencyKey: 'pay_2', state: 'pending', capturesAt: 5000 })
  t.like(ledger.find('pay_2', 9000), { state: 'captured' })
  ledger.bookDue(9000)
  t.is(ledger.entries('pay_1', 10)[0]?.captures, 1)
})

test('entries come by key, a page at a time', (t) => {
  const ledger = opened(t)
  for (const key of ['pay_3', 'pay_1', 'pay_2']) {
    ledger.book({ ...captured, idempotencyKey: key }, 'captured', 1000)
  }
  const keys = (after: string, limit: number) =>
    ledger.entries(after, limit).map(({ idempotencyKey }) => idempotencyKey)
  t.deepEqual(keys('', 2), ['pay_1', 'pay_2'])
  t.deepEqual(keys('pay_2', 2), ['pay_3'])
  t.deepEqual(keys('pay_3', 2), [])
})

test('an event is written together with its charge, or neither is', (t) => {
  const ledger = openFakeLedger(':memory:', () => {
    throw new Error('The outbox is out of order.')
  })
  t.teardown(() => ledger.close())
  t.throws(() => ledger.atomically(() => ledger.book(captured, 'captured', 1000)))
  t.is(ledger.find('pay_1', 1000), undefined)
  t.deepEqual(ledger.entries('', 10), [])
})

/** The ledger's table before it counted: what an earlier version left behind. */
const oldTable = `create table charges (
  idempotency_key text primary key,
  state text not null check (state in ('captured', 'declined', 'voided', 'pending')),
  amount_minor integer, currency text, payment_method text not null, captures_at integer,
  refunded integer not null check (refunded in (0, 1)), refused_refunds integer not null,
  at integer not null
) strict;
insert into charges values
  ('pay_1', 'captured', 1299, 'EUR', 'fake_approve', null, 0, 0, 1000),
  ('pay_2', 'captured', 1299, 'EUR', 'fake_refund_refused', null, 1, 3, 2000),
  ('pay_3', 'declined', 1299, 'EUR', 'fake_decline', null, 0, 0, 3000),
  ('pay_4', 'voided', null, null, '', null, 0, 0, 4000),
  ('pay_5', 'pending', 1299, 'EUR', 'fake_slow', 9000, 0, 0, 5000);`

test('a ledger of before keeps what it knows, and counts from there', (t) => {
  const filename = join(temporaryFolder(t), 'ledger.db')
  const old = new DatabaseSync(filename)
  old.exec(oldTable)
  old.close()
  const seen = (ledger: ReturnType<typeof openFakeLedger>) =>
    ledger
      .entries('', 10)
      .map((entry) => [entry.idempotencyKey, entry.state, entry.captures, entry.refunds])
  const expected = [
    ['pay_1', 'captured', 1, 0],
    ['pay_2', 'captured', 1, 1],
    ['pay_3', 'declined', 0, 0],
    ['pay_4', 'voided', 0, 0],
    ['pay_5', 'pending', 0, 0],
  ]
  t.deepEqual(seen(opened(t, filename)), expected)
  const again = opened(t, filename)
  t.deepEqual(seen(again), expected)
  t.like(again.find('pay_5', 9000), { state: 'captured' })
  t.deepEqual(seen(again)[4], ['pay_5', 'captured', 1, 0])
  t.deepEqual(again.outbox.due(Number.MAX_SAFE_INTEGER, 10), [], 'nobody is told of the past')
})

test('a ledger that a newer version made is not touched', (t) => {
  const filename = join(temporaryFolder(t), 'ledger.db')
  opened(t, filename)
  const newer = new DatabaseSync(filename)
  newer.exec('pragma user_version = 3')
  newer.close()
  t.throws(() => openFakeLedger(filename), { message: /newer version \(3\)/ })
})
