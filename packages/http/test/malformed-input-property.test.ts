import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { bodyTexts } from './body-mutations.ts'
import { isProblem } from './problem-checks.ts'
import { sendRaw } from './raw-socket.ts'
import { type Answer, lines, sell, startService, type TestService } from './support.ts'

const RUNS = 100

type Held = Readonly<{
  state: string
  lines: readonly Readonly<{ productId: string; quantity: number }>[]
}>

/** What the answers have told of orders and products so far; nothing else may be true. */
type Told = { orders: Map<string, Held>; products: Map<string, number> }

/** A route, and a valid request for it. */
type Target = Readonly<{
  route: string
  request: (
    api: TestService,
    told: Told,
    run: number,
  ) => Promise<Readonly<{ path: string; body: object }>>
}>

/** Products that orders are made of, so many of each. */
const STOCK = 100_000

const firstProducts = ({ products }: Told) => [...products.keys()].slice(0, 2)

const basket = (told: Told, run: number) =>
  firstProducts(told).map((productId, index) => ({ productId, quantity: 1 + ((run + index) % 3) }))

/** An order of ann's that waits for payment. */
const anOpenOrder = async ({ ask }: TestService, told: Told) => {
  const open = [...told.orders].find(([, { state }]) => state === 'CREATED')
  if (open) return { id: open[0], ...open[1] }
  const body = { ...lines(firstProducts(told)[0] ?? '', 3), allowDuplicate: true }
  const placed = await ask('POST', '/order', body)
  told.orders.set(placed.body.id, placed.body)
  return placed.body
}

const targets: readonly Target[] = [
  {
    route: 'POST /order',
    request: async (_, told, run) => ({
      path: '/order',
      body: { lines: basket(told, run), allowDuplicate: true },
    }),
  },
  {
    route: 'PUT /order/{id}',
    request: async (api, told, run) => ({
      path: `/order/${(await anOpenOrder(api, told)).id}`,
      body: { lines: basket(told, run) },
    }),
  },
  {
    route: 'POST /payment',
    request: async (api, told, run) => {
      const { id, total } = (await api.ask('GET', `/order/${(await anOpenOrder(api, told)).id}`))
        .body
      const paymentMethod = ['fake_approve', 'fake_decline', 'fake_unavailable'][run % 3]
      return { path: '/payment', body: { orderId: id, paymentMethod, expectedTotal: total } }
    },
  },
  {
    route: 'POST /product',
    request: async (_, __, run) => ({
      path: '/product',
      body: {
        sku: `FUZZ-${run}`,
        name: 'Fuzz',
        description: '',
        price: { amountMinor: run, currency: 'EUR' },
        quantity: run,
      },
    }),
  },
]

/** The state of an order after its payment was answered so. */
const paidState: Readonly<Record<number, string>> = {
  201: 'PAYMENT_DONE',
  202: 'PAYMENT_IN_PROGRESS',
}

const learn = (told: Told, { status, body }: Answer): void => {
  const order = body.order ?? body
  if (order.lines && order.state) told.orders.set(order.id, order)
  if (status === 201 && body.sku) told.products.set(body.id, body.quantity)
  const paid = body.orderId && told.orders.get(body.orderId)
  if (paid) told.orders.set(body.orderId, { ...paid, state: paidState[status] ?? '' })
}

/** The stock that the orders and products that were told of come to. */
const expected = ({ orders, products }: Told) => {
  const sum = (productId: string, states: readonly string[]) =>
    [...orders.values()]
      .filter(({ state }) => states.includes(state))
      .flatMap((order) => order.lines.filter((line) => line.productId === productId))
      .reduce((total, { quantity }) => total + quantity, 0)
  return {
    orders: Object.fromEntries([...orders].map(([id, { state }]) => [id, state])),
    stock: Object.fromEntries(
      [...products].map(([id, quantity]) => [
        id,
        [quantity - sum(id, ['PAYMENT_DONE']), sum(id, ['CREATED', 'PAYMENT_IN_PROGRESS'])],
      ]),
    ),
  }
}

const actual = async ({ service: { useCases } }: TestService) => {
  const orders = await useCases.listOrders({ by: { operator: 'test' }, limit: 10_000 })
  const products = await useCases.listProducts({ limit: 10_000 })
  return {
    orders: Object.fromEntries(orders._unsafeUnwrap().items.map(({ id, state }) => [id, state])),
    stock: Object.fromEntries(
      products
        ._unsafeUnwrap()
        .items.map(({ id, quantity, reserved }) => [id, [quantity, reserved]]),
    ),
  }
}

const answersWell = (t: ExecutionContext, answer: Answer, path: string, sent: string) => {
  if (answer.status >= 200 && answer.status < 300) return
  t.true(answer.status >= 400 && answer.status < 500, `${answer.status} to ${sent}`)
  isProblem(t, answer, { code: answer.body.code, path }, sent)
}

for (const { route, request } of targets) {
  test(`${route} answers 2xx or 4xx to whatever it is sent, and does only what it says.`, async (t) => {
    const api = await startService(t)
    const told: Told = { orders: new Map(), products: new Map() }
    for (let product = 0; product < 2; product += 1)
      told.products.set(await sell(api, STOCK), STOCK)
    const seen = { accepted: 0, refused: 0 }
    let run = 0
    const property = fc.asyncProperty(bodyTexts, async (textFor) => {
      run += 1
      const { path, body } = await request(api, told, run)
      const text = textFor(body)
      const answer = await api.ask(route.split(' ')[0] ?? '', path, text, { admin: true })
      answersWell(t, answer, path, text)
      seen[answer.status < 300 ? 'accepted' : 'refused'] += 1
      learn(told, answer)
      t.deepEqual(await actual(api), expected(told), text)
    })
    await fc.assert(property, { numRuns: RUNS })
    t.log(seen)
    t.true(seen.accepted > 0 && seen.refused > 0)
  })
}

test('Whatever bytes are sent, the answer is a problem, and nothing is stored.', async (t) => {
  const api = await startService(t)
  const property = fc.asyncProperty(
    fc.constantFrom('/order', '/payment', '/retrypayment', '/product'),
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    async (path, body) => {
      const answer = await sendRaw(api.service.url, { method: 'POST', path, body })
      t.true(answer.status >= 400 && answer.status < 500)
      isProblem(t, answer, { code: answer.body.code, path })
    },
  )
  await fc.assert(property, { numRuns: RUNS })
  t.deepEqual(await actual(api), { orders: {}, stock: {} })
})
