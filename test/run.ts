import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { checkLogs } from './check-logs.ts'
import { temporaryFolder } from './databases.ts'
import { bootPostgres } from './postgres-server.ts'

/**
 * Runs the tests with a real PostgreSQL beside them: that of TEST_DATABASE_URL if it is set, otherwise one that is made for
 * this run in a folder of its own and gone afterwards. Without arguments all tests run, those over HTTP on every store;
 * with arguments ava gets them, and TEST_STORE names the store (sqlite, postgres or memory). In the end all that the
 * services have logged is searched for secrets.
 */
const args = process.argv.slice(2)

/** A search that finds nothing because nothing was gathered must not pass. */
const FEWEST_LOG_LINES = 10_000
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
const logs = temporaryFolder()
/** Every command that a test runs would otherwise compile the same modules again. */
const compiled = temporaryFolder()
let child: ChildProcess | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child?.kill(signal))

for (const { title, args, store } of runs) {
  process.stdout.write(`\n— ${title}\n`)
  child = spawn(ava, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...{ TEST_DATABASE_URL: server.url, TEST_LOGS: logs.it, NODE_COMPILE_CACHE: compiled.it },
      ...(store && { TEST_STORE: store }),
    },
  })
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 1
  if (process.exitCode !== 0) break
}
const { lines, leaks } = checkLogs(logs.it)
process.stdout.write(`\n— ${lines} lines of logs, ${leaks.length} with what must not be there\n`)
for (const { what, line } of leaks.slice(0, 20)) process.stdout.write(`${what}: ${line}\n`)
const isQuiet = args.length === 0 && process.exitCode === 0 && lines < FEWEST_LOG_LINES
if (isQuiet) process.stdout.write(`These are too few to be all: at least ${FEWEST_LOG_LINES}.\n`)
if (leaks.length > 0 || isQuiet) process.exitCode = 1
await logs.remove()
await compiled.remove()
await server.stop()
process.exit()
