import test from 'ava'
import { isProblem } from './problem-checks.ts'
import { lines, sell, startOneService } from './support.ts'

const limit = 20
const { stop, ask } = await startOneService({}, { UNPAID_ORDERS: String(limit) })

test('A buyer who tries to hold everything by fifty requests at once holds what the limits say, and others are served meanwhile.', async (t) => {
  const mug = await sell({ ask }, 1000)
  const admin = { admin: true }
  await ask('PUT', `/product/${mug}`, { maxPerOrder: 40 }, admin)
  const greedy = { user: 'greedy' }
  const all = await ask('POST', '/order', lines(mug, 1000), greedy)
  isProblem(t, all, { code: 'quantity_limit_exceeded', path: '/order' })
  t.like(all.body.errors, [{ pointer: '/lines/0/quantity' }])

  const attack = Array.from({ length: 50 }, (_, index) => {
    const body = { ...lines(mug, 40 - (index % 40)), allowDuplicate: true }
    return ask('POST', '/order', body, greedy)
  })
  const others = Array.from({ length: 10 }, async (_, index) => {
    const user = { user: `buyer-${index}` }
    const { status, body } = await ask('POST', '/order', lines(mug, 1), user)
    return [status, (await ask('POST', '/payment', { orderId: body.id }, user)).status]
  })
  for (const served of await Promise.all(others)) t.deepEqual(served, [201, 201])
  const answers = await Promise.all(attack)
  t.is(answers.filter(({ status }) => status === 201).length, limit)
  const held = (await ask('GET', '/order?limit=100', undefined, greedy)).body.items
  t.is(held.length, limit)
  const own = new Set(held.map(({ id }: { id: string }) => id))
  for (const refused of answers.filter(({ status }) => status !== 201)) {
    isProblem(t, refused, { code: 'too_many_unpaid_orders', path: '/order' })
    t.true(own.has(refused.body.order.id))
    t.deepEqual(refused.body.allowed, ['modify', 'cancel', 'pay'])
  }
  const { body: product } = await ask('GET', `/product/${mug}`)
  t.true(product.reserved <= limit * 40)
  t.is(product.quantity, 990)
})

test('Whoever cancels or pays the order that is named can go on.', async (t) => {
  const mug = await sell({ ask }, 1000)
  const user = { user: 'patient' }
  const place = (quantity: number) => ask('POST', '/order', lines(mug, quantity), user)
  for (let quantity = 1; quantity <= limit; quantity += 1) t.is((await place(quantity)).status, 201)
  for (const [path, body] of [
    ['/order/cancelorder/', undefined],
    ['/payment', 'orderId'],
  ] as const) {
    const refused = await place(limit + 1)
    t.is(refused.status, 429, refused.text)
    const { id } = refused.body.order
    const freed = body ? ask('POST', path, { [body]: id }, user) : ask('POST', path + id, {}, user)
    t.true((await freed).status < 300)
    t.is((await place(limit + 2 + path.length)).status, 201)
  }
})

test.after.always(stop)
