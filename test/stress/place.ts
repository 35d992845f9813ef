import { join } from 'node:path'
import { audit, type Finding, readConfiguration } from '../../packages/adapters/src/index.ts'
import { temporaryFolder } from '../databases.ts'
import { send } from './client.ts'
import { type ServerProcess, serverOn } from './servers.ts'

/** Server processes on one database and one ledger, and what the command line needs to join them. */
export type Place = Readonly<{
  databaseUrl: string
  environment: Readonly<Record<string, string>>
  servers: readonly ServerProcess[]
  remove: () => Promise<void>
}>

/** Starts so many servers on a PostgreSQL database, or on SQLite in a folder of their own. */
export const openPlace = async (
  postgresUrl: string | undefined,
  servers: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Place> => {
  const folder = temporaryFolder()
  const databaseUrl = postgresUrl ?? `sqlite:${join(folder.it, 'holdfast.db')}`
  const environment = {
    DATABASE_URL: databaseUrl,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: join(folder.it, 'ledger.db'),
    GATEWAY_TIMEOUT: '300ms',
    RATE_LIMIT: '0', // The clients are more eager than customers, and share a few names.
    ...settings,
  }
  const processes = await Promise.all(Array.from({ length: servers }, () => serverOn(environment)))
  for (const server of processes) await server.start()
  return { databaseUrl, environment, servers: processes, remove: folder.remove }
}

/** Puts products on sale and returns their ids. */
export const sell = async (
  { servers: [server] }: Place,
  count: number,
  quantity: number,
): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const price = { amountMinor: 100 * number + 99, currency: 'EUR' }
    const body = { sku: `SKU-${number}`, name: `Product ${number}`, price, quantity }
    const made = await send(server?.url ?? '', {
      ...{ method: 'POST', path: '/product', userId: 'admin', admin: true, body },
    })
    if ('none' in made || made.status !== 201) throw new Error(JSON.stringify(made))
    ids.push(JSON.parse(made.text).id)
  }
  return ids
}

/** Ends every server by SIGTERM; what is wrong with how they ended. */
export const stopAll = async ({ servers }: Place): Promise<readonly string[]> => {
  const codes = await Promise.all(servers.map((server) => server.stop()))
  return codes.flatMap((code) => (code === 0 ? [] : [`SIGTERM ended a server with ${code}.`]))
}

/** Audits the database and the ledger's file; `quiet` says that nothing is under way any more. */
export const auditPlace = async (
  { environment }: Place,
  quiet = true,
): Promise<readonly Finding[]> => {
  const configuration = readConfiguration(environment)._unsafeUnwrap()
  return (await audit({ ...configuration, gatewayUrl: undefined }, { quiet })).findings
}
