import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyNotification } from '@holdfast/adapters'
import test, { type ExecutionContext } from 'ava'
import { type Ended, workplace } from './support.ts'

const secret = 'a-secret-of-the-tests-that-is-long-enough'
const patient = { GATEWAY_TIMEOUT: '10s' }
const headers = { 'Content-Type': 'application/json', 'X-User-Id': 'ann', 'X-User-Role': 'admin' }

const post = async (url: string, body: object) => {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** Puts a mug on sale and orders one; the order's id. */
const ordered = async (url: string, sku: string): Promise<string> => {
  const price = { amountMinor: 1299, currency: 'EUR' }
  const product = await post(`${url}/product`, { sku, name: 'Mug', price, quantity: 9 })
  const order = await post(`${url}/order`, {
    lines: [{ productId: product.body['id'], quantity: 1 }],
  })
  return order.body['id'] ?? ''
}

/** Receives notifications; `told` are the first so many. */
const receive = async (t: ExecutionContext, count: number) => {
  const heard: { header: string; body: string }[] = []
  const { promise: told, resolve } = Promise.withResolvers<typeof heard>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    heard.push({ header: String(request.headers['gateway-signature']), body })
    response.writeHead(204).end()
    if (heard.length === count) resolve(heard)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const lines = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

test('the service charges through the gateway, whose ledger and notifications tell of it', async (t) => {
  const { run, holdfast, folder } = workplace(t)
  const receiver = await receive(t, 2)
  const notify = `${receiver.url}/gateway/notification`

  const ledger = { FAKE_LEDGER: `${folder}/gateway/ledger.db`, GATEWAY_SECRET: secret }
  const gateway = await run(['gateway', 'serve', '--port', '0', '--notify', notify], ledger)
  const remote = { ...patient, GATEWAY_URL: gateway.url, GATEWAY_SECRET: secret }
  const service = await run(['serve'], remote)

  const orderId = await ordered(service.url, 'MUG-01')
  const paid = await post(`${service.url}/payment`, { orderId })
  t.is(paid.status, 201)
  const declined = await post(`${service.url}/payment`, {
    orderId: await ordered(service.url, 'MUG-02'),
    paymentMethod: 'fake_decline',
  })
  t.is(declined.status, 402)

  const overHttp = await holdfast(['gateway', 'ledger', '--json'], remote)
  t.is(overHttp.code, 0, overHttp.stderr)
  const [first, second] = lines(overHttp)
  const { at, ...rest } = first
  t.deepEqual(rest, {
    ...{ idempotencyKey: paid.body['id'], state: 'captured', refunded: false },
    ...{ amountMinor: 1299, currency: 'EUR' },
  })
  t.regex(at, /^\d{4}-\d\d-\d\dT.*Z$/)
  t.is(second.state, 'declined')
  const fromFile = await holdfast(['gateway', 'ledger', '--json'], ledger)
  t.is(fromFile.stdout, overHttp.stdout)
  const table = await holdfast(['gateway', 'ledger'], ledger)
  t.regex(table.stdout, new RegExp(`${paid.body['id']} +captured +12.99 EUR`))

  for (const { header, body } of await receiver.told) {
    t.true(verifyNotification(secret, header, body, Date.now()).isOk())
  }
  t.is(await service.end('SIGTERM'), 0)
  t.is(await gateway.end('SIGTERM'), 0)
  t.false(`${service.said()}${gateway.said()}`.includes(secret))
})

test('while the gateway is down payments are refused before anything is written', async (t) => {
  const { run } = workplace(t)
  const gateway = await run(['gateway', 'serve', '--port', '0'])
  const service = await run(['serve'], { ...patient, GATEWAY_URL: gateway.url })
  const orderIds: string[] = []
  for (let number = 1; number <= 20; number += 1) {
    orderIds.push(await ordered(service.url, `MUG-${number}`))
  }
  await gateway.end('SIGKILL')
  const statuses: number[] = []
  for (const orderId of orderIds) {
    const { status, body } = await post(`${service.url}/payment`, { orderId })
    statuses.push(status)
    if (status !== 503) continue
    t.is(body['code'], 'gateway_unavailable')
    const order = await fetch(`${service.url}/order/${orderId}`, { headers })
    t.like(await order.json(), { state: 'CREATED', payments: [], version: 1 })
    break
  }
  t.is(statuses.at(-1), 503)
  t.true(
    statuses.slice(0, -1).every((status) => status === 202),
    statuses.join(' '),
  )
})

test('the ledger of the fake in the process is shown from its file; without one there is none to show', async (t) => {
  const { run, holdfast } = workplace(t)
  const before = await holdfast(['gateway', 'ledger'])
  t.deepEqual([before.code, before.stdout], [78, ''])
  t.regex(before.stderr, /there is no ledger at/)
  const service = await run(['serve'])
  const orderId = await ordered(service.url, 'MUG-01')
  await post(`${service.url}/payment`, { orderId, paymentMethod: 'fake_late_capture' })
  t.like(lines(await holdfast(['gateway', 'ledger', '--json']))[0], { state: 'pending' })
})

test('a gateway that cannot be asked for its ledger: try again later', async (t) => {
  const { run, holdfast } = workplace(t)
  const { url } = await run(['gateway', 'serve', '--port', '0'], { GATEWAY_SECRET: secret })
  const wrong = { GATEWAY_URL: url, GATEWAY_SECRET: secret.toUpperCase(), ...patient }
  const nobody = { ...wrong, GATEWAY_URL: 'http://127.0.0.1:1' }
  for (const environment of [wrong, nobody]) {
    const ended = await holdfast(['gateway', 'ledger'], environment)
    t.deepEqual([ended.code, ended.stdout], [75, ''])
    t.regex(ended.stderr, /did not show its ledger/)
    t.notRegex(ended.stderr, /\n +at /)
  }
})

test('a gateway that may not or cannot start says what to set', async (t) => {
  const { run, holdfast } = workplace(t)
  const refuse = async (args: readonly string[], code: number, says: RegExp) => {
    const ended = await holdfast(['gateway', 'serve', '--port', '0', ...args])
    t.deepEqual([ended.code, ended.stdout], [code, ''], args.join(' '))
    t.regex(ended.stderr, says)
    t.notRegex(ended.stderr, /\n +at /)
  }
  const { url } = await run(['gateway', 'serve', '--port', '0'])
  await refuse(['--port', new URL(url).port], 78, /--host and --port: .*EADDRINUSE/)
  await refuse(['--host', '0.0.0.0'], 78, /GATEWAY_SECRET must be set/)
  await refuse(['--notify', 'http://127.0.0.1:3000/x'], 78, /GATEWAY_SECRET must be set/)
  await refuse(['--notify', 'ftp://x'], 2, /http/)
  await refuse(['--notify', 'http://ann:hush@x/'], 2, /http/)
  for (const wrong of ['2', '-0.1', '10%', '1e-3']) {
    await refuse([`--errors=${wrong}`], 2, /share from 0 to 1/)
  }
  await refuse(['--slow-capture', 'soon'], 2, /500ms/)
  await refuse(['--port', '70000'], 2, /0 to 65535/)
})
