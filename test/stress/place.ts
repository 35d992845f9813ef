import { join } from 'node:path'
import { audit, type Finding, readConfiguration } from '../../packages/adapters/src/index.ts'
import { temporaryFolder } from '../databases.ts'
import { send } from './client.ts'
import { type ServerProcess, serverOn } from './servers.ts'

/** Server processes on one database and one gateway, and what the command line needs to join them. */
export type Place = Readonly<{
  databaseUrl: string
  environment: Readonly<Record<string, string>>
  servers: readonly ServerProcess[]
  remove: () => Promise<void>
}>

/**
 * Starts so many servers on a PostgreSQL database, or on SQLite in a folder of their own. With `gatewayArgs` the gateway
 * is a process of its own, which notifies the first of them; otherwise it is the fake in each, on one ledger.
 */
export const openPlace = async (
  postgresUrl: string | undefined,
  servers: number,
  settings: Readonly<Record<string, string>> = {},
  gatewayArgs?: readonly string[],
): Promise<Place> => {
  const folder = temporaryFolder()
  const databaseUrl = postgresUrl ?? `sqlite:${join(folder.it, 'holdfast.db')}`
  const ledgerFile = join(folder.it, 'ledger.db')
  const notified: { url?: string } = {}
  const gateway = gatewayArgs && (await gatewayOn(ledgerFile, notified, gatewayArgs))
  const environment = {
    DATABASE_URL: databaseUrl,
    AUTO_MIGRATE: '1',
    FAKE_LEDGER: ledgerFile,
    GATEWAY_TIMEOUT: '300ms',
    NODE_COMPILE_CACHE: join(folder.it, 'compiled'), // Filled by the first that ends by SIGTERM.
    RATE_LIMIT: '0', // The clients are more eager than customers, and share a few names.
    UNPAID_ORDERS: '0', // And leave more unpaid.
    ...(gateway && { GATEWAY_URL: gateway.url, GATEWAY_SECRET }),
    ...settings,
  }
  const processes = await Promise.all(Array.from({ length: servers }, () => serverOn(environment)))
  Object.assign(notified, { url: processes[0]?.url })
  for (const process of [...(gateway ? [gateway] : []), ...processes]) await process.start()
  const remove = async () => {
    await gateway?.kill()
    await folder.remove()
  }
  return { databaseUrl, environment, servers: processes, remove }
}

const GATEWAY_SECRET = 'shared-by-the-service-and-its-gateway'

const gatewayOn = (
  ledgerFile: string,
  notified: Readonly<{ url?: string }>,
  args: readonly string[],
): Promise<ServerProcess> =>
  serverOn(
    { FAKE_LEDGER: ledgerFile, GATEWAY_SECRET },
    {
      args: (port) => [
        ...['gateway', 'serve', '--port', port],
        ...['--notify', `${notified.url}/gateway/notification`],
        ...args,
      ],
    },
  )

/** Puts products on sale and returns their ids. */
export const sell = async (
  { servers: [server] }: Pick<Place, 'servers'>,
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
