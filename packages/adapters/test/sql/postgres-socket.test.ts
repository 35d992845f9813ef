import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { createUseCases } from '@holdfast/domain'
import test from 'ava'
import { bootPostgres } from '../../../../test/postgres-server.ts'
import { serve } from '../../../http/src/serve.ts'
import { clientOf, lines, sell } from '../../../http/test/support.ts'
import { audit, openAdapters, readConfiguration } from '../../src/index.ts'
import { temporaryFolder } from '../support.ts'

test('a PostgreSQL is reached by its socket, however libpq lets one name it', async (t) => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o777) // PostgreSQL may run as a user of its own.
  const server = await bootPostgres([`unix_socket_directories=${folder}`])
  t.teardown(server.stop)
  const { port } = server
  const encoded = encodeURIComponent(folder)
  for (const url of [
    `postgres://postgres:postgres@/postgres?host=${folder}&port=${port}`,
    `postgresql://postgres:postgres@:${port}/postgres?host=${encoded}`,
    `postgres://postgres:postgres@${encoded}:${port}/postgres`,
    `postgres:///postgres?host=${folder}&port=${port}&user=postgres&password=postgres`,
  ]) {
    const logged: string[] = []
    const configuration = readConfiguration({
      DATABASE_URL: url,
      AUTO_MIGRATE: '1',
      FAKE_LEDGER: join(folder, 'ledger.db'),
      PORT: '0',
    })._unsafeUnwrap()
    const { close, ...ports } = await openAdapters(configuration)
    t.teardown(close)
    await createUseCases(ports).reconcilePayments()
    await ports.rateLimits.users.take('ann')

    const log = { write: (line: string) => logged.push(line) }
    const service = await serve(configuration, {}, log)
    const ask = clientOf(service.url)
    const placed = await ask('POST', '/order', {
      ...lines(await sell({ ask }, 10)),
      allowDuplicate: true,
    })
    const paid = await ask('POST', '/payment', { orderId: placed.body.id })
    t.is(paid.status, 201, url)
    await service.stop()
    t.notRegex(logged.join(''), /postgres:postgres/)
    const { findings } = await audit(configuration)
    t.deepEqual(
      findings.filter(({ broken }) => broken > 0),
      [],
    )
  }
})
