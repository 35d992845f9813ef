import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { ExecutionContext } from 'ava'
import { execute, temporaryDatabase } from '../../../../test/databases.ts'
import { openShop } from '../shop.ts'
import type { Needs } from './commands.ts'
import type { Environment } from './environments.ts'

let roles = 0

type OnDatabase = Partial<Record<NonNullable<Needs['database']>, number>>

/** What may be wrong with PostgreSQL. Each has a database of its own. */
export const serverEnvironments = async (
  t: ExecutionContext,
  folder: string,
): Promise<{ environments: readonly Environment[]; order: string; payment: string }> => {
  const make = async (sql = '') => {
    const { it, remove } = await temporaryDatabase()
    t.teardown(remove)
    if (sql) await execute(it, sql)
    return it
  }
  const shop = await make()
  const FAKE_LEDGER = `${folder}/data/of-server.db`
  const open = await openShop(folder, 4, {}, { DATABASE_URL: shop, AUTO_MIGRATE: '1', FAKE_LEDGER })
  const payment = await open.pay('ann', 1, 'fake_approve')
  const by = { operator: 'cli' }
  const [order] = (await open.useCases.listOrders({ by, limit: 1 }))._unsafeUnwrap().items
  await open.close()

  const at = (
    name: string,
    url: string,
    codes: OnDatabase,
    { others = 78, says = /DATABASE_URL|database is (ahead|behind)/, real = true } = {},
    more: Record<string, string> = {},
  ): Environment => ({
    name: `PostgreSQL: ${name}`,
    prepare: () => ({ DATABASE_URL: url, FAKE_LEDGER: 'data/of-server.db', ...more }),
    ends: ({ database: does }) => (does === undefined ? 0 : (codes[does] ?? others)),
    says,
    ...(real && { server: url }),
  })
  const altered = (from: string, change: Partial<URL>) => Object.assign(new URL(from), change).href
  const name = (url: string) => new URL(url).pathname.slice(1)
  const role = async (database: string, rights: string) => {
    roles += 1
    const user = `role_${roles}_of_${name(database)}`
    await execute(
      database,
      `create role ${user} login password 'secret'; ${rights.replaceAll('$user', user)}`,
    )
    t.teardown(() => execute(database, `drop owned by ${user}; drop role ${user}`))
    return altered(database, { username: user, password: 'secret' })
  }
  const stranger = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('SSH-2.0-OpenSSH_9.6\r\n')
  })
  await once(stranger.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => stranger.close())
  const { port } = stranger.address() as AddressInfo
  const migrates = { AUTO_MIGRATE: '1' }
  const unreal = { real: false }
  const empty = await make()
  const foreign = await make('create table orders (id serial primary key, customer text)')
  const rails = await make('create table schema_migrations (version text primary key)')
  const readsAll = 'grant select on all tables in schema public to $user'
  const mayNotMake = await make('revoke create on schema public from public')

  return {
    order: order?.id ?? '',
    payment,
    environments: [
      at('nothing is wrong', shop, { make: 0, compare: 0, write: 0, read: 0 }),
      at(
        'nobody listens',
        'postgres://a:b@127.0.0.1:1/x',
        {},
        { ...unreal, others: 75, says: /PostgreSQL/ },
      ),
      at('something else answers', `postgres://a:b@127.0.0.1:${port}/x`, {}, unreal),
      at('a wrong password', altered(shop, { password: 'wrong' }), {}, unreal),
      at('no such user', altered(shop, { username: 'nobody' }), {}, unreal),
      at('no such database', altered(shop, { pathname: '/none' }), {}, unreal),
      {
        ...at('no tables', empty, { compare: 1 }),
        // A start does not make them unless it is told to; `db migrate` would.
        ends: ({ database: does, listens }) =>
          does === undefined || (does === 'make' && !listens) ? 0 : does === 'compare' ? 1 : 78,
      },
      at("another application's orders", foreign, { compare: 1 }, {}, migrates),
      at("another application's schema_migrations", rails, {}, {}, migrates),
      at(
        'a role that may not make tables',
        await role(mayNotMake, ''),
        { compare: 1 },
        {},
        migrates,
      ),
      {
        ...at(
          'a role that may only read',
          await role(shop, readsAll),
          { compare: 0, read: 0 },
          {},
          migrates,
        ),
        // There is nothing to migrate, and so nothing that it may not do.
        ends: ({ database: does, listens, confirms }) =>
          (does === 'write' && !confirms) || (does === 'make' && listens) ? 78 : 0,
      },
      at('a role that may not read', await role(shop, ''), {}, {}, migrates),
    ],
  }
}
