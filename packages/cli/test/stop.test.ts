import { join } from 'node:path'
import test from 'ava'
import { temporaryFolder } from '../../../test/databases.ts'
import { run } from '../src/program.ts'

test('a server that is told to stop while it starts hears it, and stops', async (t) => {
  const { it: folder, remove } = temporaryFolder()
  t.teardown(remove)
  const DATABASE_URL = `sqlite:${join(folder, 'holdfast.db')}`
  Object.assign(process.env, { DATABASE_URL, PORT: '0', LOG_LEVEL: 'silent' })
  const ended = run(['node', 'holdfast', 'serve'])
  t.true(process.emit('SIGTERM'))
  t.is(await ended, 0)
})
