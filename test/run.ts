import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { bootPostgres } from './postgres-server.ts'

/**
 * Runs the tests with a real PostgreSQL beside them: that of TEST_DATABASE_URL if it is set, otherwise one that is made for
 * this run in a folder of its own and gone afterwards. Without arguments all tests run, those over HTTP on every store;
 * with arguments ava gets them, and TEST_STORE names the store (sqlite, postgres or memory).
 */
const args = process.argv.slice(2)
const http = 'packages/http/test/**/*.test.ts'
const runs: readonly { title: string; args: readonly string[]; store?: string }[] =
  args.length > 0
    ? [{ title: 'The tests that were asked for', args }]
    : [
        { title: 'All tests; HTTP on SQLite', args: [], store: 'sqlite' },
        { title: 'HTTP on PostgreSQL', args: [http], store: 'postgres' },
        { title: 'HTTP on the memory store', args: [http], store: 'memory' },
      ]

const given = process.env['TEST_DATABASE_URL']
const server = given ? { url: given, stop: async () => undefined } : await bootPostgres()
const ava = join(import.meta.dirname, '../node_modules/.bin/ava')
let child: ChildProcess | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child?.kill(signal))

for (const { title, args, store } of runs) {
  process.stdout.write(`\n— ${title}\n`)
  child = spawn(ava, args, {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: server.url, ...(store && { TEST_STORE: store }) },
  })
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 1
  if (process.exitCode !== 0) break
}
await server.stop()
process.exit()
