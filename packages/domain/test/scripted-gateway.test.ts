import { paymentGatewayContract } from '@holdfast/domain/testing'
import test from 'ava'
import { createScriptedGateway, GATEWAY_ID, type Script } from './scripted-gateway.ts'

for (const { name, check } of paymentGatewayContract) {
  test(`the scripted gateway of these tests ${name}`, async (t) => {
    const gateway = createScriptedGateway()
    await check({
      gateway: {
        ...gateway,
        charge: (request, to) => {
          gateway.script = request.paymentMethod as Script
          return gateway.charge(request, to)
        },
      },
      approved: 'captured',
      declined: 'declined',
      undecided: 'pending',
    })
    t.is(new Set(gateway.captures).size, gateway.captures.length)
  })
}

test('the scripted gateway captures without an answer, and answers nothing while out of reach', async (t) => {
  const gateway = createScriptedGateway()
  const amount = { amountMinor: 1, currency: 'EUR' }
  const charge = (idempotencyKey: string) =>
    gateway.charge({ idempotencyKey, amount, paymentMethod: 'any' }, GATEWAY_ID)
  gateway.script = 'lost'
  t.true((await charge('pay_1')).isErr())
  gateway.script = 'silent'
  t.true((await charge('pay_2')).isErr())
  t.deepEqual(gateway.captures, ['pay_1'])
  gateway.reachable = false
  t.true((await gateway.void('pay_2', GATEWAY_ID)).isErr())
  gateway.reachable = true
  t.is((await gateway.lookup('pay_2', GATEWAY_ID))._unsafeUnwrap().answer, undefined)
  gateway.decide('pay_1', 'declined')
  gateway.decide('pay_2', 'captured')
  t.deepEqual(gateway.captures, ['pay_1', 'pay_2'])
})
