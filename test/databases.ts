import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import pg from 'pg'
import { withHost } from '../packages/adapters/src/sql/postgres-url.ts'

/** Something that a test has to itself, and how to clear it away. */
export type Temporary<T> = Readonly<{ it: T; remove: () => Promise<void> }>

/** An empty folder. */
export const temporaryFolder = (): Temporary<string> => {
  const it = mkdtempSync(join(tmpdir(), 'holdfast-'))
  return { it, remove: async () => rmSync(it, { recursive: true, force: true }) }
}

let databases = 0

/** An empty PostgreSQL database on the server of TEST_DATABASE_URL; its URL. */
export const temporaryDatabase = async (): Promise<Temporary<string>> => {
  const server = process.env['TEST_DATABASE_URL']
  if (!server) throw new Error('This test needs PostgreSQL: run it by npx -y pnpm@12 test FILE.')
  databases += 1
  const name = `holdfast_${process.pid}_${threadId}_${databases}`
  await execute(server, `create database ${name}`)
  const url = new URL(withHost(server))
  url.pathname = `/${name}`
  return { it: url.href, remove: () => execute(server, `drop database ${name} with (force)`) }
}

/** Runs SQL on a connection of its own. */
export const execute = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
