import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openAdapters, readConfiguration } from '../../packages/adapters/src/index.ts'
import { createUseCases } from '../../packages/domain/src/index.ts'
import { temporaryFolder } from '../databases.ts'
import { given } from '../given.ts'
import { anyDatabase } from './postgres.ts'
import { machine, say } from './report.ts'

/**
 * How long an audit of a large database takes, and how much memory: `node test/stress/large.ts --orders 20000`. It
 * makes the orders through the use cases, most of them paid, and runs the real command in a process of its own.
 */
const { values } = parseArgs({
  args: given(),
  options: {
    database: { type: 'string', default: 'sqlite' },
    orders: { type: 'string', default: '20000' },
  },
})
const folder = temporaryFolder()
const postgres = values.database === 'postgres' ? await anyDatabase() : undefined
const environment = {
  DATABASE_URL: postgres?.it ?? `sqlite:${join(folder.it, 'holdfast.db')}`,
  FAKE_LEDGER: join(folder.it, 'ledger.db'),
  AUTO_MIGRATE: '1',
}

const PRODUCTS = 100
const AT_A_TIME = 100

const fill = async (orders: number): Promise<void> => {
  const adapters = await openAdapters(readConfiguration(environment)._unsafeUnwrap(), 'serve')
  const useCases = createUseCases(adapters)
  ;(await useCases.bindGateway())._unsafeUnwrap()
  const by = { operator: 'cli' }
  const price = { amountMinor: 1299, currency: 'EUR' }
  const ids: string[] = []
  for (let number = 0; number < PRODUCTS; number += 1) {
    const details = { sku: `SKU-${number}`, name: 'A product', description: '', price }
    const made = await useCases.createProduct({ by, ...details, quantity: 1_000_000 })
    ids.push(made._unsafeUnwrap().id)
  }
  const buy = async (number: number) => {
    const customer = { user: `user-${number}` }
    const lines = [0, 1, 2].map((line) => ({
      productId: ids[(number * 7 + line * 31) % PRODUCTS] ?? '',
      quantity: 1 + (number % 3),
    }))
    const order = (await useCases.createOrder({ by: customer, lines }))._unsafeUnwrap()
    const paymentMethod = number % 5 === 0 ? 'fake_decline' : 'fake_approve'
    if (number % 10 !== 9)
      await useCases.payOrder({ by: customer, orderId: order.id, paymentMethod })
  }
  for (let first = 0; first < orders; first += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, orders - first) }, (_, n) => first + n)
    await Promise.all(some.map(buy))
  }
  await adapters.close()
}

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const tellMemory = `process.on('exit', () => process.stderr.write('memory ' + process.resourceUsage().maxRSS))`

const measure = async (args: readonly string[]) => {
  const { PATH = '' } = process.env
  const began = performance.now()
  const preload = `data:text/javascript,${encodeURIComponent(tellMemory)}`
  const child = spawn(process.execPath, ['--import', preload, main, ...args], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  const megabytes = Math.round(Number(/memory (\d+)/.exec(said)?.[1]) / 1024)
  return { code, megabytes, tookMs: Math.round(performance.now() - began), said }
}

say(`large: ${values.database}, ${values.orders} orders; ${machine()}`)
await fill(Number(values.orders))
const nothing = await measure(['--version'])
const audited = await measure(['audit', '--json'])
say(`holdfast --version: ${nothing.megabytes} MB`)
say(
  `holdfast audit: exit ${audited.code}, ${audited.tookMs} ms, ${audited.megabytes} MB at the most`,
)
await postgres?.remove()
await folder.remove()
process.exit(audited.code === 0 ? 0 : 1)
