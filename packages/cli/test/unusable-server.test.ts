import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { temporaryDatabase } from '../../../test/databases.ts'
import { ends, workplace } from './support.ts'

const settle = { LOG_LEVEL: 'trace' }
const password = 'hush hush%/@:'

/** Runs commands on a database that they cannot use. Each has to end, in one line and without the password. */
const outOfReach = async (t: ExecutionContext, url: string, code: number, says: RegExp) => {
  const { holdfast } = workplace(t)
  for (const args of [['serve'], ['db', 'migrate'], ['order', 'list']]) {
    const ended = await holdfast(args, { ...settle, DATABASE_URL: url, AUTO_MIGRATE: '1' })
    ends(t, ended, code)
    t.is(ended.stdout, '')
    t.regex(ended.stderr, /^error .*PostgreSQL.*\n$/)
    t.is(/try again/.test(ended.stderr), code === 75)
    t.regex(ended.stderr, says)
    for (const hidden of [password, encodeURIComponent(password), 'hush']) {
      t.false(ended.stderr.includes(hidden), ended.stderr)
    }
  }
}

test.serial('Where no PostgreSQL listens, each command ends with 75 and tells no password.', (t) =>
  outOfReach(
    t,
    `postgres://ann:${encodeURIComponent(password)}@127.0.0.1:1/orders`,
    75,
    /ECONNREFUSED/,
  ),
)

const changed = async (t: ExecutionContext, change: (url: URL) => void): Promise<string> => {
  const { it, remove } = await temporaryDatabase()
  t.teardown(remove)
  const url = new URL(it)
  change(url)
  return url.href
}

test.serial('With a wrong password each command ends with 78 and tells no password.', async (t) => {
  const wrong = (url: URL) => Object.assign(url, { password: encodeURIComponent(password) })
  await outOfReach(t, await changed(t, wrong), 78, /password.*Name a user/)
})

for (const [what, change, says] of [
  ['without a password', { password: '' }, /password/],
  ['as a user that does not exist', { username: 'nobody' }, /nobody.*Name a user/],
  ['on a database that does not exist', { pathname: '/none' }, /"none" does not exist.*Create/],
  ['without the TLS that it asks for', { search: '?sslmode=verify-full' }, /SSL/],
  ['with a certificate that is no file', { search: '?sslrootcert=/none' }, /ENOENT.*\/none/],
] as const) {
  test.serial(`Asked ${what}, each command ends with 78.`, async (t) => {
    await outOfReach(t, await changed(t, (url) => Object.assign(url, change)), 78, says)
  })
}

test.serial(
  'What answers and is no PostgreSQL ends each command with 78; silence may pass.',
  async (t) => {
    for (const [answer, code, says] of [
      ['SSH-2.0-OpenSSH_9.6\r\n', 78, /is not PostgreSQL/],
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 78, /is not PostgreSQL/],
      ['', 75, /PostgreSQL/],
    ] as const) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined)
        socket.on('data', () => answer && socket.write(answer))
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const { port } = server.address() as AddressInfo
      await outOfReach(t, `postgres://ann:${password.slice(0, 4)}@127.0.0.1:${port}/x`, code, says)
      server.close()
    }
  },
)

test('A URL that is none is a wrong DATABASE_URL, and its password is not told.', async (t) => {
  const { holdfast } = workplace(t)
  const DATABASE_URL = 'postgres://ann:hush@127.0.0.1:port/orders'
  const ended = await holdfast(['db', 'status'], { DATABASE_URL })
  t.notRegex(ended.stderr, /hush/)
  ends(t, ended, 78)
  t.regex(ended.stderr, /DATABASE_URL/)
})
