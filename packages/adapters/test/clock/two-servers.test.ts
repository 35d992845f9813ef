import { setTimeout as sleep } from 'node:timers/promises'
import { createUseCases, type PaymentGateway } from '@holdfast/domain'
import test from 'ava'
import { openAdapters, readConfiguration } from '../../src/index.ts'
import { temporaryFolder, temporaryPostgres } from '../support.ts'

const TEN_MINUTES = 600_000

test('a server whose machine’s clock is ten minutes fast does not fail the slow payments of the others', async (t) => {
  const { url } = await temporaryPostgres(t)
  const configuration = readConfiguration({
    DATABASE_URL: url,
    FAKE_LEDGER: `${temporaryFolder(t)}/ledger.db`,
    GATEWAY_TIMEOUT: '2s',
  })._unsafeUnwrap()
  const heard: number[] = []
  const open = async (aheadMs: number, gateway?: PaymentGateway) => {
    const watch = { retried: () => undefined, clockDiffers: (ms: number) => heard.push(ms) }
    const machineNow = () => Date.now() + aheadMs
    const delays = { slowMs: 500, lateMs: 500 }
    const adapters = await openAdapters(
      configuration,
      'serve',
      { machineNow, delays, ...(gateway && { gateway }) },
      watch,
    )
    t.teardown(adapters.close)
    const { clockAheadMs: ahead, gateway: asked } = adapters
    return { ...createUseCases(adapters), aheadMs: ahead, gateway: asked }
  }
  const right = await open(0)
  ;(await right.bindGateway())._unsafeUnwrap()
  const fast = await open(TEN_MINUTES, right.gateway) // The gateway's clock is right.
  t.true(Math.abs(fast.aheadMs() - TEN_MINUTES) < 60_000, `${fast.aheadMs()} ms`)
  t.is(heard.length, 1)

  const price = { amountMinor: 1299, currency: 'EUR' }
  const mug = { sku: 'MUG', name: 'Mug', description: '', price, quantity: 9 }
  const { id: productId } = (
    await right.createProduct({ by: { operator: 'admin' }, ...mug })
  )._unsafeUnwrap()
  const by = { user: 'ann' }
  const order = await right.createOrder({ by, lines: [{ productId, quantity: 1 }] })
  const { id: orderId } = order._unsafeUnwrap()
  const paid = await right.payOrder({ by, orderId, paymentMethod: 'fake_slow' })
  t.is(paid._unsafeUnwrap().payment.state, 'PENDING')

  const stateOf = async () =>
    (await right.getOrder({ by, orderId }))._unsafeUnwrap().payments[0]?.state
  while ((await stateOf()) === 'PENDING') {
    await fast.reconcilePayments({ all: true })
    await sleep(50)
  }
  t.is(await stateOf(), 'SUCCEEDED')
})
