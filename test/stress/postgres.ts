import { type Temporary, temporaryDatabase } from '../databases.ts'
import { bootPostgres } from '../postgres-server.ts'

/** An empty database, on the server of TEST_DATABASE_URL or on one that is started for it. */
export const anyDatabase = async (): Promise<Temporary<string>> => {
  if (process.env['TEST_DATABASE_URL']) return temporaryDatabase()
  const server = await bootPostgres()
  process.env['TEST_DATABASE_URL'] = server.url
  const { it } = await temporaryDatabase()
  return { it, remove: server.stop }
}
