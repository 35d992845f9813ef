import { storeContract } from '@holdfast/domain/testing'
import test from 'ava'
import { temporarySqlite } from '../support.ts'

for (const { name, check } of storeContract) {
  test(`the SQLite store ${name}`, async (t) => {
    const { store } = await temporarySqlite(t)
    await check(store)
    t.pass()
  })
}
