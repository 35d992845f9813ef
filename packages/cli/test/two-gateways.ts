import type { ExecutionContext } from 'ava'
import type { Server, Workplace } from './support.ts'

const headers = { 'Content-Type': 'application/json', 'X-User-Id': 'ann', 'X-User-Role': 'admin' }

export const ask = async (method: string, url: string, body?: object) => {
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await fetch(url, init)
  const answer = (await response.json()) as Record<string, string>
  return { status: response.status, body: answer }
}

let mugs = 0

/** Puts a mug on sale, orders it and pays in some way; what the payment was answered with. */
export const pay = async (url: string, paymentMethod: string) => {
  mugs += 1
  const price = { amountMinor: 1299, currency: 'EUR' }
  const mug = { sku: `MUG-${mugs}`, name: 'Mug', price, quantity: 9 }
  const product = await ask('POST', `${url}/product`, mug)
  const lines = [{ productId: product.body['id'], quantity: 1 }]
  const order = await ask('POST', `${url}/order`, { lines })
  return ask('POST', `${url}/payment`, { orderId: order.body['id'], paymentMethod })
}

/** Runs a gateway on a ledger of this name, at a port that a later one can take over. */
export const gatewayOn = (
  { run, folder }: Workplace,
  ledger: string,
  port = '0',
): Promise<Server> =>
  run(['gateway', 'serve', '--port', port], { FAKE_LEDGER: `${folder}/${ledger}.db` })

/** Asks again and again, for as long as the test may take, until the answer is as wanted. */
export const until = async <T>(look: () => Promise<T>, isIt: (found: T) => boolean): Promise<T> => {
  for (;;) {
    const found = await look()
    if (isIt(found)) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const stateOf = (url: string, paymentId: string) => async () =>
  (await ask('GET', `${url}/payment/${paymentId}`)).body['state']

/** Long enough for a machine that is busy: what has to be refused is refused at once. */
export const GATEWAY_TIMEOUT = '3s'

/** A payment that the gateway captured, of which the service heard nothing before it died. Its deadline has passed soon. */
export const capturedUnheard = async (place: Workplace, gateway: Server) => {
  const environment = { GATEWAY_URL: gateway.url, GATEWAY_TIMEOUT, PAYMENT_DEADLINE: '1s' }
  const service = await place.run(['serve'], { ...environment, CRASH_AT: 'after-charge:1' })
  await pay(service.url, 'fake_approve').catch(() => undefined)
  const { stdout } = await place.holdfast(['payment', 'list', '--json'])
  const { id, state } = JSON.parse(stdout)
  return { environment, state, paymentId: id }
}

export const shown = async ({ holdfast }: Workplace, paymentId: string) => {
  const { stdout } = await holdfast(['payment', 'show', paymentId, '--json'])
  return JSON.parse(stdout).state
}

export const refusedNamingBoth = (
  t: ExecutionContext,
  { code, stderr }: { code: number | null; stderr: string },
) => {
  t.is(code, 78, stderr)
  t.regex(stderr, /gw_[0-9a-f]{32}.*gw_[0-9a-f]{32}/s)
  t.regex(stderr, /holdfast db bind-gateway/)
  t.notRegex(stderr, /\n +at /)
}
