import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { openAdapters, readConfiguration } from '../../../packages/adapters/src/index.ts'
import {
  type ClaimPaymentError,
  createUseCases,
  type PaymentRequest,
} from '../../../packages/domain/src/index.ts'
import type { Asked, Heard } from './shop.ts'

/**
 * A process that embeds the use cases and their adapters, as another service would: no routes of ours, a reconciler of its
 * own. It is told as JSON over HTTP what its customers do, and answers with what they hear.
 */
const adapters = await openAdapters(readConfiguration(process.env)._unsafeUnwrap(), 'serve')
const useCases = createUseCases(adapters)

const calls: Readonly<Record<string, (asked: never) => Promise<string>>> = {
  sell: async () => {
    const price = { amountMinor: 1299, currency: 'EUR' }
    const mug = { sku: 'MUG', name: 'Mug', description: '', price, quantity: 1_000_000 }
    return (await useCases.createProduct({ by: { operator: 'cli' }, ...mug }))._unsafeUnwrap().id
  },
  order: async ({ userId, productId }: { userId: string; productId: string }) => {
    const lines = [{ productId, quantity: 1 }]
    return (await useCases.createOrder({ by: { user: userId }, lines }))._unsafeUnwrap().id
  },
  pay: async ({ action, orderId, userId, paymentMethod, key }: Asked): Promise<Heard> => {
    const fingerprint = `${action} ${orderId} ${paymentMethod}`
    const request: PaymentRequest = {
      ...{ by: { user: userId }, orderId, paymentMethod },
      ...(key && { idempotency: { key, fingerprint } }),
    }
    const pay = action === 'pay' ? useCases.payOrder : useCases.retryPayment
    return pay(request).match(({ payment: { state, failure } }) => {
      if (state === 'SUCCEEDED') return 'paid'
      if (state === 'PENDING') return 'pending'
      return failure?.code === 'card_declined' ? 'declined' : (failure?.code ?? state)
    }, heardOf)
  },
}

const heardOf = ({ code }: ClaimPaymentError | { code: 'invalid_request' }): Heard => {
  if (code === 'order_already_paid') return 'paid'
  return code === 'gateway_unavailable' ? 'later' : code
}

/** Often enough for a first question two seconds after a claim. */
const EVERY_MS = 1000

const stopped = new AbortController()
const work = async (): Promise<void> => {
  for (let all = true; !stopped.signal.aborted; all = false) {
    if (!useCases.isGatewayConfirmed()) await useCases.bindGateway()
    await useCases.reconcilePayments({ all })
    await sleep(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
  }
}

const server = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const answer = await calls[request.url?.slice(1) ?? '']?.(JSON.parse(text) as never)
  response.writeHead(200).end(JSON.stringify(answer))
})
await useCases.bindGateway() // A shop that is new has to know whom it is to believe.
const working = work()
server.listen(Number(process.env['PORT']), '127.0.0.1', () =>
  process.stderr.write(`A process that embeds the use cases listens on ${process.env['PORT']}\n`),
)
process.once('SIGTERM', async () => {
  stopped.abort()
  server.close()
  server.closeAllConnections()
  await working
  await adapters.close()
})
