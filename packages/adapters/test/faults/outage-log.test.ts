import { join } from 'node:path'
import test from 'ava'
import { leaksIn } from '../../../../test/check-logs.ts'
import { serve } from '../../../http/src/serve.ts'
import { clientOf, lines, sell } from '../../../http/test/support.ts'
import { readConfiguration } from '../../src/index.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { query } from './shop.ts'
import { openLink } from './tcp-proxy.ts'

test('an outage is logged with its cause, but without the database’s URL, its password or a payment method', async (t) => {
  const url = await emptyPostgres(t)
  const link = await openLink(Number(new URL(url).port))
  t.teardown(link.close)
  const teller = `teller_${process.pid}`
  await query(url, `create role ${teller} superuser login password 'hush-hush'`)
  const own = new URL(link.through(url))
  Object.assign(own, { username: teller, password: 'hush-hush' })
  const configuration = readConfiguration({
    DATABASE_URL: own.href,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: join(temporaryFolder(t), 'ledger.db'),
    LOG_LEVEL: 'trace',
    SHUTDOWN_GRACE: '0',
    PORT: '0',
  })._unsafeUnwrap()
  const log: string[] = []
  const service = await serve(configuration, {}, { write: (line) => void log.push(line) })
  t.teardown(async () => {
    await service.stop()
    await query(url, `drop owned by ${teller} cascade`)
    await query(url, `drop role ${teller}`)
  })
  const ask = clientOf(service.url)
  const orderId = (await ask('POST', '/order', lines(await sell({ ask }, 5)))).body.id
  const pay = () => ask('POST', '/payment', { orderId, paymentMethod: 'fake_decline' })

  link.reset('refuse')
  t.is((await pay()).status, 503)
  link.pass()
  await query(url, `alter role ${teller} password 'hush-again'`) // Now the server refuses the password.
  await query(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${teller}'`,
  )
  t.is((await pay()).status, 503)
  await query(url, `alter role ${teller} password 'hush-hush'`)

  const causes = log.filter((line) => line.includes('"cause"'))
  t.true(causes.some((line) => /ECONNRESET|terminated|ECONNREFUSED/.test(line)))
  t.true(causes.some((line) => /password authentication failed/.test(line)))
  t.deepEqual(log.flatMap(leaksIn), [])
})
