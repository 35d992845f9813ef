import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createUseCases } from '@holdfast/domain'
import test, { type ExecutionContext } from 'ava'
import { openAdapters, type Purpose, readConfiguration, UnusableFile } from '../src/index.ts'
import { temporaryFolder } from './support.ts'

const settingsIn = (folder: string, more: Record<string, string> = {}) =>
  readConfiguration({ DATABASE_URL: `sqlite:${join(folder, 'shop.db')}`, ...more })._unsafeUnwrap()

/** A shop in which something was sold; its ledger. */
const sold = async (t: ExecutionContext) => {
  const folder = temporaryFolder(t)
  const adapters = await openAdapters(settingsIn(folder), 'serve')
  const { bindGateway, createProduct, createOrder, payOrder } = createUseCases(adapters)
  ;(await bindGateway())._unsafeUnwrap()
  const price = { amountMinor: 1299, currency: 'EUR' }
  const mug = { sku: 'MUG', name: 'Mug', description: '', price, quantity: 5 }
  const { id: productId } = (
    await createProduct({ by: { operator: 'cli' }, ...mug })
  )._unsafeUnwrap()
  const by = { user: 'ann' }
  const lines = [{ productId, quantity: 1 }]
  const { id: orderId } = (await createOrder({ by, lines }))._unsafeUnwrap()
  ;(await payOrder({ by, orderId }))._unsafeUnwrap()
  await adapters.close()
  return { folder, ledger: join(folder, 'fake-gateway.db') }
}

const opens = async (folder: string, purpose: Purpose, more: Record<string, string> = {}) =>
  (await openAdapters(settingsIn(folder, more), purpose)).close()

test('no ledger is made where the database already has payments', async (t) => {
  const { folder, ledger } = await sold(t)
  renameSync(ledger, `${ledger}.kept`)
  for (const purpose of ['serve', 'ask'] as const) {
    await t.throwsAsync(opens(folder, purpose), {
      instanceOf: UnusableFile,
      message: /^FAKE_LEDGER: there is no ledger at .*GATEWAY_URL/,
    })
    t.false(existsSync(ledger))
    await opens(folder, purpose, { GATEWAY_URL: 'http://127.0.0.1:1' })
  }
  for (const purpose of ['write', 'read'] as const) await opens(folder, purpose)
  t.false(existsSync(ledger))
  renameSync(`${ledger}.kept`, ledger)
  await t.notThrowsAsync(opens(folder, 'ask'))
})

test('only who serves makes a database, and the ledger of one without payments', async (t) => {
  const folder = temporaryFolder(t)
  for (const purpose of ['ask', 'write', 'read'] as const) {
    await t.throwsAsync(opens(folder, purpose), {
      instanceOf: UnusableFile,
      message: /^DATABASE_URL: there is no database in /,
    })
    t.false(existsSync(join(folder, 'shop.db')))
  }
  await opens(folder, 'serve')
  t.true(existsSync(join(folder, 'shop.db')) && existsSync(join(folder, 'fake-gateway.db')))
})
