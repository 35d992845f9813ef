import { createMemoryStore, storeContract } from '@holdfast/domain/testing'
import test from 'ava'

for (const { name, check } of storeContract) {
  test(`the memory store ${name}`, async (t) => {
    await check(createMemoryStore())
    t.pass()
  })
}
