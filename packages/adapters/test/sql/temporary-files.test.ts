import { execFile } from 'node:child_process'
import { watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import { temporaryFolder } from '../support.ts'

const source = (file: string) => pathToFileURL(join(import.meta.dirname, file)).href

/**
 * A first start on a new database and a new ledger, then orders of a hundred products, twenty at a time, edited and paid,
 * and what goes on in the background. SQLite reads where to put temporary files once a process.
 */
const day = (folder: string) => `
  import { openAdapters, readConfiguration } from '${source('../../src/index.ts')}'
  import { createUseCases } from '@holdfast/domain'
  const configuration = readConfiguration({
    DATABASE_URL: 'sqlite:${folder}/holdfast.db',
    FAKE_LEDGER: '${folder}/ledger.db',
  })._unsafeUnwrap()
  const { close, ...ports } = await openAdapters(configuration, 'serve')
  const useCases = createUseCases(ports)
  await useCases.bindGateway()
  const by = { user: 'ann' }
  const price = { amountMinor: 100, currency: 'EUR' }
  const products = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const details = { sku: 'SKU-' + index, name: 'Mug', description: 'x'.repeat(900), price }
      return (await useCases.createProduct({ by: { operator: 'admin' }, ...details, quantity: 1000 }))._unsafeUnwrap().id
    }),
  )
  const lines = products.map((productId) => ({ productId, quantity: 1 }))
  const buy = async () => {
    const order = await useCases.createOrder({ by, lines, allowDuplicate: true })
    const orderId = order._unsafeUnwrap().id
    const edit = { by, orderId, lines: lines.slice(1) }
    ;(await useCases.modifyOrder(edit))._unsafeUnwrap()
    return (await useCases.payOrder({ by, orderId }))._unsafeUnwrap().payment.state
  }
  const paid = await Promise.all(Array.from({ length: 20 }, buy))
  await useCases.reconcilePayments({ all: true })
  await useCases.expireOrders()
  await ports.store.summary(Date.now())
  await close()
  console.log([...new Set(paid)].join())`

test('SQLite makes no temporary file: neither a first start, nor orders, nor payments, nor the ledger', async (t) => {
  const [folder, temporary] = [temporaryFolder(t), temporaryFolder(t)]
  const seen: (string | null)[] = []
  const watcher = watch(temporary)
  t.teardown(() => watcher.close())
  const all = new Promise<void>((resolve) => {
    watcher.on('change', (_, name) => {
      if (name === 'the-end') resolve()
      else seen.push(String(name))
    })
  })
  const ended = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', day(folder)],
    { cwd: import.meta.dirname, env: { ...process.env, SQLITE_TMPDIR: temporary } },
  )
  t.is(ended.stdout.trim(), 'SUCCEEDED')
  writeFileSync(join(temporary, 'the-end'), '')
  await all // What was made and removed before was seen before.
  t.deepEqual(
    [...new Set(seen)].map((name) => name?.slice(0, 6)),
    [],
  )
})
