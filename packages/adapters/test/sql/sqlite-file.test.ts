import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { StoreUnavailable } from '@holdfast/domain'
import test from 'ava'
import { temporarySqlite } from '../support.ts'

const gone = { instanceOf: StoreUnavailable, message: /gone.*start anew/ }

test('a file that is deleted while it is open is an outage, and no empty one takes its place', async (t) => {
  const { store, filename } = await temporarySqlite(t)
  await store.ping()
  for (const suffix of ['', '-wal', '-shm']) rmSync(filename + suffix, { force: true })
  await t.throwsAsync(store.ping(), gone)
  const several = Array.from({ length: 8 }, () => store.ping())
  for (const read of several) await t.throwsAsync(read, gone)
  t.false(existsSync(filename))
})

test('a file in whose place another is put is an outage until it is back', async (t) => {
  const { store, filename } = await temporarySqlite(t)
  renameSync(filename, `${filename}.kept`)
  copyFileSync(`${filename}.kept`, filename)
  await t.throwsAsync(store.ping(), gone)
  renameSync(`${filename}.kept`, filename)
  await t.notThrowsAsync(store.ping())
})
