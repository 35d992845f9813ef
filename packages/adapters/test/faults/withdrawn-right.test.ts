import { join } from 'node:path'
import test from 'ava'
import { serve } from '../../../http/src/serve.ts'
import { clientOf, lines, sell } from '../../../http/test/support.ts'
import { RefusedByServer, readConfiguration } from '../../src/index.ts'
import { emptyPostgres, temporaryFolder } from '../support.ts'
import { query } from './shop.ts'

test('a right that is withdrawn while the service runs is an outage, and refuses its next start', async (t) => {
  const url = await emptyPostgres(t)
  const role = new URL(url).pathname.slice(1).replace('holdfast', 'withdrawn')
  await query(url, `create role ${role} login password 'secret'`)
  await query(url, `grant create on schema public to ${role}`)
  t.teardown(async () => {
    await query(url, `drop owned by ${role} cascade`)
    await query(url, `drop role ${role}`)
  })
  const configuration = readConfiguration({
    DATABASE_URL: Object.assign(new URL(url), { username: role, password: 'secret' }).href,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: join(temporaryFolder(t), 'ledger.db'),
    LOG_LEVEL: 'silent',
    PORT: '0',
  })._unsafeUnwrap()
  const service = await serve(configuration)
  const ask = clientOf(service.url)
  const again = { ...lines(await sell({ ask }, 10)), allowDuplicate: true }
  t.is((await ask('POST', '/order', again)).status, 201)

  await query(url, `revoke insert on orders from ${role}`)
  const refused = await ask('POST', '/order', again)
  t.is(refused.status, 503, refused.text)
  t.is(refused.body.code, 'store_unavailable')
  t.is((await ask('GET', '/order')).status, 200)
  await t.throwsAsync(serve(configuration), {
    instanceOf: RefusedByServer,
    message: /lacks insert on orders\./,
  })

  await query(url, `grant insert on orders to ${role}`)
  t.is((await ask('POST', '/order', again)).status, 201)
  await service.stop()
})
