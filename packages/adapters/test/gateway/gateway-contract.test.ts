import { paymentGatewayContract } from '@holdfast/domain/testing'
import test, { type ExecutionContext } from 'ava'
import { createFakeGateway } from '../../src/gateway/fake-gateway.ts'
import { openFakeLedger } from '../../src/gateway/fake-ledger.ts'
import { createHttpGateway } from '../../src/gateway/http-gateway.ts'
import { temporaryFolder } from '../support.ts'
import { runGateway, secret } from './support.ts'

const fakeOn = (t: ExecutionContext, filename: string) => {
  const ledger = openFakeLedger(filename)
  t.teardown(() => ledger.close())
  return createFakeGateway({ ledger, clock: { now: Date.now } })
}

const adapters = {
  'the fake gateway in memory': (t: ExecutionContext) => fakeOn(t, ':memory:'),
  'the fake gateway on a file': (t: ExecutionContext) =>
    fakeOn(t, `${temporaryFolder(t)}/ledger.db`),
  'the gateway over HTTP': async (t: ExecutionContext) => {
    const { url } = await runGateway(t)
    return createHttpGateway({ url, secret, timeoutMs: 5000 })
  },
}

for (const [title, open] of Object.entries(adapters)) {
  for (const { name, check } of paymentGatewayContract) {
    test(`${title} ${name}`, async (t) => {
      const gateway = await open(t)
      const methods = { approved: 'fake_approve', declined: 'fake_decline' }
      await check({ gateway, ...methods, undecided: 'fake_slow' })
      t.pass()
    })
  }
}
