import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import { openShop, payLate } from './shop.ts'
import { workplace } from './support.ts'

/** A workplace with a past, and a way to change its database behind everybody's back. */
const audited = async (t: ExecutionContext) => {
  const place = workplace(t)
  const shop = await openShop(place.folder, 4)
  await payLate(shop, 'ann')
  await shop.pay('ben', 2, 'fake_approve')
  await shop.close()
  const change = (sql: string) => {
    const database = new DatabaseSync(join(place.folder, 'data/holdfast.db'))
    database.exec(`pragma ignore_check_constraints = on; ${sql}`)
    database.close()
  }
  return { ...place, change }
}

test('an audit in which everything holds ends with 0, lists every invariant and counts what is under way', async (t) => {
  const { holdfast } = await audited(t)
  const { code, stdout, stderr } = await holdfast(['audit'])
  t.deepEqual([code, stderr], [0, ''])
  t.regex(stdout, /^ok +I1 +reserved is what/m)
  t.is(stdout.match(/^ok /gm)?.length, 23)
  t.regex(
    stdout,
    /audited +orders: 2; payments: 2; refunds: 1; products: 1; keys at the gateway: 2/,
  )
  t.regex(stdout, /under way +refunds owed: 1\n$/)

  const {
    holds,
    at,
    audited: counts,
    invariants,
    underWay,
  } = JSON.parse((await holdfast(['audit', '--json'])).stdout)
  t.true(holds && Date.parse(at) <= Date.now())
  t.is(counts.orders, 2)
  t.is(underWay.owed, 1)
  t.is(invariants.length, 23)
  t.like(invariants[0], { id: 'I1', broken: 0, rows: [] })
})

test('an audit that finds something broken ends with 1, names it and lists the rows', async (t) => {
  const { holdfast, change } = await audited(t)
  change('update products set reserved = quantity + 1')
  const { code, stdout, stderr } = await holdfast(['audit'])
  t.deepEqual([code, stderr], [1, 'error Broken: I1, I3.\n'])
  t.regex(stdout, /^BROKEN +I3 .* 1$/m)
  t.regex(stdout, /^I3 is broken by\n {2}prod_\w+\n {4}sku MUG, quantity 48, reserved 49$/m)
  const json = await holdfast(['audit', '--json'])
  t.is(json.code, 1)
  const { holds, invariants } = JSON.parse(json.stdout)
  t.false(holds)
  const [broken] = invariants.filter((each: { id: string }) => each.id === 'I3')
  t.like(broken, { broken: 1, rows: [{ found: 'sku MUG, quantity 48, reserved 49' }] })
})

test('people are shown ten rows of what is broken, and how many more there are', async (t) => {
  const { holdfast, change } = await audited(t)
  change(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 12)
    insert into products select 'prod_' || n, 'SKU-' || n, '', '', 1, 'EUR', 0, 1, 0, 0, 1, null, null from numbers`)
  const { stdout } = await holdfast(['audit'])
  t.regex(stdout, /^BROKEN +I3 .* 12$/m)
  t.is(stdout.split('I3 is broken by')[1]?.match(/^ {2}prod_/gm)?.length, 10)
  t.regex(stdout, /^ {2}and 2 more$/m)
})

test('an audit of a database that is not there says so, and makes none', async (t) => {
  const { folder, holdfast } = workplace(t)
  const { code, stdout, stderr } = await holdfast(['audit'])
  t.deepEqual([code, stdout], [78, ''])
  t.regex(stderr, /DATABASE_URL: there is no database in \.\/data\/holdfast\.db/)
  t.false(existsSync(join(folder, 'data')))
})

test('an audit says what it lacks: the schema, the database or the gateway', async (t) => {
  const { holdfast, change } = await audited(t)
  const outages = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    GATEWAY_URL: 'http://127.0.0.1:1',
  }
  for (const [variable, url] of Object.entries(outages)) {
    const secret = { GATEWAY_SECRET: '0123456789abcdef0123456789abcdef' }
    const { code, stdout, stderr } = await holdfast(['audit'], { ...secret, [variable]: url })
    t.deepEqual([code, stdout], [75, ''], stderr)
    t.notRegex(stderr, / {4}at /)
  }
  change(`delete from schema_migrations where name like '0003%'`)
  const { code, stderr } = await holdfast(['audit'])
  t.is(code, 78)
  t.regex(stderr, /lacks 0003-\S+ Run holdfast db migrate/)
})

test('an audit asks the gateway over HTTP for its ledger', async (t) => {
  const { run, holdfast } = workplace(t)
  const gateway = await run(['gateway', 'serve', '--port', '0'])
  const environment = { GATEWAY_URL: gateway.url, GATEWAY_TIMEOUT: '20s' }
  const { url } = await run(['serve', '--demo'], environment)
  const headers = { 'X-User-Id': 'ann', 'Content-Type': 'application/json' }
  const post = async (path: string, body: unknown) => {
    const sent = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await (await fetch(url + path, sent)).json()) as { id: string; state: string }
  }
  const [line = ''] = (await holdfast(['product', 'list', '--json'])).stdout.split('\n')
  const lines = [{ productId: JSON.parse(line).id, quantity: 1 }]
  const { state } = await post('/payment', { orderId: (await post('/order', { lines })).id })
  t.is(state, 'SUCCEEDED')

  const asked = await holdfast(['audit', '--json'], environment)
  t.is(asked.code, 0, asked.stderr)
  t.is(JSON.parse(asked.stdout).audited.keys, 1)
  await run(['gateway', 'serve', '--port', '0'], { FAKE_LEDGER: 'other.db' })
  const elsewhere = await holdfast(['audit', '--json'], { FAKE_LEDGER: 'other.db' })
  t.is(elsewhere.code, 78)
  t.regex(
    elsewhere.stderr,
    /^error This database is bound to the gateway gw_\w+, but the one that answers is gw_/,
  )
})

test('an audit without a ledger says so instead of finding every paid order broken', async (t) => {
  const { folder, holdfast } = await audited(t)
  rmSync(join(folder, 'data/fake-gateway.db'))
  for (const args of [['audit'], ['audit', '--json'], ['gateway', 'ledger']]) {
    const { code, stdout, stderr } = await holdfast(args)
    t.deepEqual([code, stdout], [78, ''])
    t.regex(stderr, /^error FAKE_LEDGER: there is no ledger at data\/fake-gateway\.db\..*\n$/)
  }
  t.false(existsSync(join(folder, 'data/fake-gateway.db')))
})
