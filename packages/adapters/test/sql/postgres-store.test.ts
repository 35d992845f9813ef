import { storeContract } from '@holdfast/domain/testing'
import test from 'ava'
import { temporaryPostgres } from '../support.ts'

for (const { name, check } of storeContract) {
  test(`the PostgreSQL store ${name}`, async (t) => {
    const { store } = await temporaryPostgres(t)
    await check(store)
    t.pass()
  })
}
