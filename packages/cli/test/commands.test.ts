import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { workplace } from './support.ts'

const parsed = (text: string) => JSON.parse(text)

test('a product is added, shown, listed, set and restocked, by sku and by id', async (t) => {
  const { holdfast } = workplace(t)
  await holdfast(['db', 'migrate'])
  const added = await holdfast([
    'product',
    'add',
    'MUG-01',
    '--name',
    'Mug',
    '--price',
    '12.99',
    '--quantity',
    '5',
    '--max-per-order',
    '3',
    '--json',
  ])
  t.is(added.code, 0, added.stderr)
  const { id, price, maxPerOrder } = parsed(added.stdout)
  t.is(maxPerOrder, 3)
  t.deepEqual(price, { amountMinor: 1299, currency: 'EUR' })

  const restocked = await holdfast(['product', 'restock', 'MUG-01', '--json', '--', '-2'])
  t.is(parsed(restocked.stdout).quantity, 3)
  const again = ['product', 'restock', 'MUG-01', '--key', 'monday', '--json', '--', '4']
  for (const _ of [1, 2]) t.is(parsed((await holdfast(again)).stdout).quantity, 7)
  t.regex((await holdfast(again)).stderr, /done before/)
  const other = await holdfast(['product', 'restock', 'MUG-01', '5', '--key', 'monday'])
  t.deepEqual([other.code, /idempotency_key_reused/.test(other.stderr)], [1, true])
  t.is((await holdfast(['product', 'restock', 'MUG-01', '5', '--key', 'a b'])).code, 2)
  await holdfast(['product', 'restock', 'MUG-01', '--', '-4'])
  const set = await holdfast([
    'product',
    'set',
    id,
    '--price',
    '500',
    '--currency',
    'JPY',
    '--max-per-order',
    'none',
    '--json',
  ])
  t.is(parsed(set.stdout).maxPerOrder, null)
  t.deepEqual(parsed(set.stdout).price, { amountMinor: 500, currency: 'JPY' })

  const shown = await holdfast(['product', 'show', 'MUG-01'])
  t.regex(shown.stdout, /price\s+500 JPY\n/)
  t.regex(shown.stdout, /set\s+5\s+0/)
  t.regex(shown.stdout, /set\s+-2\s+0/)
  const listed = await holdfast(['product', 'list'])
  t.regex(listed.stdout, /MUG-01\s+Mug\s+500 JPY\s+3\s+0\s+3/)
  const lines = (await holdfast(['product', 'list', '--json'])).stdout.trim().split('\n')
  t.is(parsed(lines[0] ?? '').sku, 'MUG-01')
})

test('a refusal ends with 1, names its code and goes to stderr; wrong usage ends with 2', async (t) => {
  const { holdfast } = workplace(t)
  await holdfast(['db', 'migrate'])
  const missing = await holdfast(['product', 'show', 'NONE'])
  t.deepEqual([missing.code, missing.stdout], [1, ''])
  t.regex(missing.stderr, /product_not_found/)
  for (const args of [
    ['product', 'add', 'MUG'],
    ['product', 'add', 'MUG', '--name', 'Mug', '--price', '12.999'],
    ['product', 'add', 'MUG', '--name', 'Mug', '--price', '1', '--currency', 'EURO'],
    ['product', 'restock', 'MUG', 'many'],
    ['product', 'set', 'MUG'],
    ['product', 'set', 'MUG', '--currency', 'USD', '--name', 'Mug'],
    ['nonsense'],
  ]) {
    const { code, stderr } = await holdfast(args)
    t.is(code, 2, args.join(' '))
    t.true(stderr.length > 0)
  }
})

test('a wrong variable is named with what is allowed, and ends with 78', async (t) => {
  const { holdfast, folder } = workplace(t)
  for (const [variable, value, allowed] of [
    ['PORT', 'eighty', /0 to 65535/],
    ['HOST', '0.0.0.0', /loopback.*AUTH=local/],
    ['DATABASE_URL', 'mysql://x', /sqlite:/],
    ['GATEWAY_TIMEOUT', 'soon', /500ms/],
    ['AUTH', 'none', /local/],
  ] as const) {
    const { code, stderr } = await holdfast(['serve'], { [variable]: value })
    t.is(code, 78, variable)
    t.true(stderr.includes(variable))
    t.regex(stderr, allowed)
  }
  t.false(existsSync(join(folder, 'data')))
})

test('a port that is taken is said so, and ends with 78', async (t) => {
  const { serve, holdfast } = workplace(t)
  const { port } = new URL((await serve()).url)
  const { code, stderr } = await holdfast(['serve'], { PORT: port })
  t.is(code, 78, stderr)
  t.regex(stderr, /PORT.*EADDRINUSE/)
})

test('a database that is not a file is said so, and ends with 78', async (t) => {
  const { holdfast } = workplace(t)
  for (const args of [['order', 'list'], ['serve']]) {
    const { code, stderr } = await holdfast(args, { DATABASE_URL: 'sqlite:/dev/null' })
    t.is(code, 78, stderr)
    t.regex(stderr, /^error DATABASE_URL names \/dev\/null, .*not a file\.\n$/)
  }
})

test('the demo fills an empty shop once', async (t) => {
  const { serve, holdfast } = workplace(t)
  const server = await serve('--demo')
  await server.says(/(curl)/)
  const { stdout } = await holdfast(['product', 'list', '--json'])
  t.is(stdout.trim().split('\n').length, 3)
  await server.end('SIGTERM')
  const again = await serve('--demo')
  await again.says(/(curl)/)
  const list = await holdfast(['product', 'list', '--json'])
  t.is(list.stdout, stdout)
})

test('orders and payments made over HTTP are shown by the command line beside the running server', async (t) => {
  const { serve, holdfast } = workplace(t)
  const server = await serve()
  const added = await holdfast([
    'product',
    'add',
    'MUG',
    '--name',
    'Mug',
    '--price',
    '2',
    '--quantity',
    '5',
    '--json',
  ])
  const headers = { 'X-User-Id': 'ann', 'Content-Type': 'application/json' }
  const post = async (path: string, body: unknown) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return (await response.json()) as { id: string }
  }
  const order = await post('/order', {
    lines: [{ productId: parsed(added.stdout).id, quantity: 2 }],
  })
  const payment = await post('/payment', { orderId: order.id })

  const shown = await holdfast(['order', 'show', order.id])
  t.regex(shown.stdout, /state\s+PAYMENT_DONE/)
  t.regex(shown.stdout, /total\s+4\.00 EUR/)
  t.regex(shown.stdout, /3\s+\S+ \S+\s+paymentSucceeded\s+PAYMENT_DONE\s+ann/)
  t.is(parsed((await holdfast(['order', 'show', order.id, '--json'])).stdout).state, 'PAYMENT_DONE')
  t.regex((await holdfast(['order', 'list', '--user', 'ann'])).stdout, /MUG=2/)
  t.is((await holdfast(['order', 'list', '--user', 'bob', '--json'])).stdout, '')
  t.regex((await holdfast(['payment', 'show', payment.id])).stdout, /state\s+SUCCEEDED/)
  t.is(await server.end('SIGTERM'), 0)
})
