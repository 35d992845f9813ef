import test, { type ExecutionContext } from 'ava'
import { type Answer, lines, place, sell, startService, type TestService } from './support.ts'

/** So often each race is run; `RACES=100` for the long proof. */
const rounds = Number(process.env['RACES'] ?? 10)

const purchases = 10 * Number(process.env['RACES'] ?? 3)

const together = (count: number, ask: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)))

/** How many answers there were of each status and code. */
const tally = (answers: readonly Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const name = body.code ? `${status} ${body.code}` : String(status)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

test('of twenty identical orders at once, one is placed and the others are shown it', async (t) => {
  const service = await startService(t)
  for (let round = 0; round < rounds; round += 1) {
    const product = await sell(service, 100)
    const answers = await together(20, () => service.ask('POST', '/order', lines(product)))
    t.deepEqual(tally(answers), { '201': 1, '409 duplicate_order': 19 })
    const placed = answers.find(({ status }) => status === 201)?.body.id
    for (const { status, body } of answers) {
      if (status === 409) t.is(body.order.id, placed)
    }
    t.is((await service.ask('GET', `/product/${product}`)).body.reserved, 1)
  }
})

/** Two clients of one customer who each place an order and pay it, again and again; how many were paid in each round. */
const buyTwice = async (t: ExecutionContext, service: TestService, allowDuplicate: boolean) => {
  const user = { user: allowDuplicate ? 'eager' : 'hasty' }
  const buy = async (product: string) => {
    const placed = await service.ask('POST', '/order', { ...lines(product), allowDuplicate }, user)
    // Who is refused goes on with the order that is named, as a client does that lost its answer.
    const orderId = placed.body.id ?? placed.body.order.id
    await service.ask('POST', '/payment', { orderId }, user)
    return placed
  }
  for (let round = 0; round < purchases; round += 1) {
    const product = await sell(service, 9)
    const both = [0, 1].map(async () => [await buy(product), await buy(product)])
    const answers = (await Promise.all(both)).flat()
    const expected = allowDuplicate ? { '201': 4 } : { '201': 1, '409 duplicate_order': 3 }
    t.deepEqual(tally(answers), expected, `round ${round}`)
    const { body } = await service.ask('GET', `/product/${product}`)
    t.like(body, { quantity: allowDuplicate ? 5 : 8, reserved: 0 }, `round ${round}`)
  }
}

test('of two clients who both place and pay a basket twice, one pays once; with allowDuplicate each pays twice', async (t) => {
  t.timeout(1_200_000)
  const service = await startService(t)
  await buyTwice(t, service, false)
  await buyTwice(t, service, true)
})

test('of forty buyers of ten items, ten get one and thirty are told that there is none left', async (t) => {
  const service = await startService(t)
  for (let round = 0; round < rounds; round += 1) {
    const product = await sell(service, 10)
    const buy = (index: number) =>
      service.ask('POST', '/order', lines(product), { user: `user-${index}` })
    t.deepEqual(tally(await together(40, buy)), { '201': 10, '409 insufficient_stock': 30 })
    const { body } = await service.ask('GET', `/product/${product}`)
    t.like(body, { quantity: 10, reserved: 10, available: 0 })
  }
})

test('of twenty payments of one order at once, one charges, and all agree on that payment', async (t) => {
  const service = await startService(t)
  for (let round = 0; round < rounds; round += 1) {
    const product = await sell(service, 1)
    const orderId = await place(service, product)
    const answers = await together(20, (index) =>
      // A key of its own for every other request: repeats must not depend on keys.
      service.ask('POST', '/payment', { orderId }, index % 2 ? { key: `${orderId}-${index}` } : {}),
    )
    const payments = answers.map(({ body }) => body.payment?.id ?? body.id)
    t.is(new Set(payments).size, 1)
    t.true(answers.every(({ status, body }) => status < 203 || body.code === 'order_already_paid'))
    const { body } = await service.ask('GET', `/order/${orderId}`)
    t.is(body.state, 'PAYMENT_DONE')
    t.is(body.payments.length, 1)
    t.like((await service.ask('GET', `/product/${product}`)).body, { quantity: 0, reserved: 0 })
  }
})

test('of payment, cancellation and edit of one order at once, the outcomes agree', async (t) => {
  const service = await startService(t)
  for (let round = 0; round < rounds; round += 1) {
    const product = await sell(service, 3)
    const orderId = await place(service, product)
    const [paid, cancelled, edited] = await Promise.all([
      service.ask('POST', '/payment', { orderId }),
      service.ask('POST', `/order/cancelorder/${orderId}`),
      service.ask('PUT', `/order/${orderId}`, lines(product, 2)),
    ])
    const { body: order } = await service.ask('GET', `/order/${orderId}`)
    t.is(paid.status === 201, order.state === 'PAYMENT_DONE')
    t.is(cancelled.status === 200, order.state === 'ORDER_CANCELLED')
    t.is(edited.status === 200, order.lines[0].quantity === 2)
    const sold = order.state === 'PAYMENT_DONE' ? order.lines[0].quantity : 0
    const { body: stock } = await service.ask('GET', `/product/${product}`)
    t.like(stock, { quantity: 3 - sold, reserved: 0 })
  }
})

test('what stays in a basket that is edited and paid in one step is never sold to one of a hundred buyers', async (t) => {
  const service = await startService(t)
  for (let round = 0; round < rounds; round += 1) {
    const product = await sell(service, 3)
    const orderId = await place(service, product, 3)
    await service.ask('POST', '/payment', { orderId, paymentMethod: 'fake_slow' })
    const [edited, ...buyers] = await together(101, (index) =>
      index === 0
        ? service.ask('POST', '/retrypayment', { orderId, ...lines(product, 2) })
        : service.ask('POST', '/order', lines(product), { user: `user-${index}` }),
    )
    t.is(edited?.status, 201, JSON.stringify(edited?.body))
    const sold = tally(buyers)['201'] ?? 0
    t.true(sold <= 1, 'only what the edit gave up')
    const { body } = await service.ask('GET', `/product/${product}`)
    t.like(body, { quantity: 1, reserved: sold })
  }
})
