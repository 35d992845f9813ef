import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { runRounds } from '../../../test/stress/outages/rounds.ts'
import { openShop } from '../../../test/stress/outages/shop.ts'
import { faultsOf } from '../../../test/stress/outages/verdict.ts'
import { seedFrom } from '../../../test/stress/random.ts'

test.before((t) => t.timeout(240_000))

const seed = seedFrom(process.env['STRESS_SEED'])

/** An empty database of the store that is asked for; nothing for SQLite, which has a file in a folder of its own. */
const aDatabase = async (t: ExecutionContext): Promise<string | undefined> => {
  if (process.env['TEST_STORE'] !== 'postgres') return undefined
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  return it
}

test('customers who repeat through an outage of the gateway are all paid, and once', async (t) => {
  t.log(`seed ${seed}`)
  const postgresUrl = await aDatabase(t)
  const options = { manner: 'http', postgresUrl, seed, rounds: 2, customers: 4 } as const
  const { orders, faults, findings } = await runRounds(options)
  t.is(orders, options.rounds * options.customers)
  t.deepEqual(faults, [])
  t.deepEqual(
    findings.filter(({ broken }) => broken > 0),
    [],
  )
})

test('an order that is not paid, or for which money was taken twice, is told of', async (t) => {
  const shop = await openShop('embedded', await aDatabase(t), '1s')
  t.teardown(shop.close)
  const orderId = await shop.order('ann')
  t.regex(String(await faultsOf(shop, [orderId])), /"state":"CREATED","succeeded":0,"captures":0/)
  const asked = { action: 'pay', orderId, userId: 'ann', paymentMethod: 'fake_approve' } as const
  t.is(await shop.pay(asked), 'paid')
  t.deepEqual(await faultsOf(shop, [orderId]), [])
  const ledger = new DatabaseSync(shop.gateway.ledgerFile)
  ledger.exec(`insert into events select 'evt_again', idempotency_key, type, amount_minor, currency, at
    from events where type = 'captured'`)
  ledger.close()
  t.regex(String(await faultsOf(shop, [orderId])), /"succeeded":1,"captures":2/)
})
