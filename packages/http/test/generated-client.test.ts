import { execFile } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import openapiTS, { astToString } from 'openapi-typescript'
import { temporaryFolder } from '../../../test/databases.ts'
import { startOneService } from './support.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

/** What somebody writes who has only the document: from a product to a paid order. */
const program = `
import createClient from 'openapi-fetch'
import type { paths } from './holdfast.d.ts'

const headers = { 'X-User-Id': 'ann', 'X-User-Role': 'admin' }
const client = createClient<paths>({ baseUrl: process.argv[2] ?? '', headers })

const price = { amountMinor: 1299, currency: 'EUR' }
const product = await client.POST('/product', { body: { sku: 'MUG-01', name: 'Mug', price, quantity: 3 } })
if (!product.data) throw new Error(product.error.detail)

const lines = [{ productId: product.data.id, quantity: 2 }]
const order = await client.POST('/order', {
  body: { lines },
  params: { header: { 'Idempotency-Key': 'first' } },
})
if (!order.data) throw new Error(order.error.detail)

const again = await client.POST('/order', { body: { lines } })
if (again.error?.code !== 'duplicate_order') throw new Error('The second order was not refused.')
const open: { id: string } = again.error.order

const paid = await client.POST('/payment', {
  body: { orderId: open.id, expectedTotal: order.data.total },
})
if (!paid.data) throw new Error(paid.error.detail)

const found = await client.GET('/order/{id}', { params: { path: { id: order.data.id } } })
const seen = found.response.headers.get('ETag') ?? ''
const known = await client.GET('/order/{id}', {
  params: { path: { id: order.data.id }, header: { 'If-None-Match': seen } },
})
if (known.response.status !== 304) throw new Error('What is known was sent again.')

const restocked = await client.PUT('/product/{id}', {
  params: { path: { id: product.data.id }, header: { 'If-Match': \`"\${product.data.version}"\` } },
  body: { quantityDelta: 5 },
})
if (restocked.data?.version !== 2) throw new Error('The product was not changed.')
const listed = await client.GET('/order', { params: { query: { state: 'PAYMENT_DONE', userId: 'ann' } } })
if (listed.data?.items.length !== 1) throw new Error('The order was not listed.')

console.log(JSON.stringify([paid.data.state, found.data?.state, found.data?.version]))

// @ts-expect-error: a quantity is a number.
client.POST.bind(client, '/order', { body: { lines: [{ productId: '', quantity: '2' }] } })
// @ts-expect-error: there is no such state.
const state: (typeof order.data)['state'] = 'PAID'
// @ts-expect-error: there is no such path.
client.GET.bind(client, '/orders')
void state
`

const tsconfig = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: ['node'],
    allowImportingTsExtensions: true,
    noEmit: true,
  },
  files: ['client.ts'],
}

test('A client that openapi-typescript makes of the document compiles, and takes an order to paid.', async (t) => {
  const api = await startOneService()
  const folder = temporaryFolder()
  t.teardown(async () => {
    await api.stop()
    await folder.remove()
  })
  const { text } = await api.ask('GET', '/openapi.json')
  const types = astToString(await openapiTS(text, { defaultNonNullable: false }))
  writeFileSync(join(folder.it, 'holdfast.d.ts'), types)
  writeFileSync(join(folder.it, 'client.ts'), program)
  writeFileSync(join(folder.it, 'tsconfig.json'), JSON.stringify(tsconfig))
  writeFileSync(join(folder.it, 'package.json'), '{"type":"module"}')
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(folder.it, 'node_modules'))

  const tsc = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder.it]).catch(
    (error) => error,
  )
  t.is(tsc.stdout, '')
  const { stdout } = await run(process.execPath, [join(folder.it, 'client.ts'), api.service.url])
  t.deepEqual(JSON.parse(stdout), ['SUCCEEDED', 'PAYMENT_DONE', 3])
})
