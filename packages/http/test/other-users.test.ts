import { randomUUID } from 'node:crypto'
import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import type { Answer } from './support.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 100)

const paying = async (quantity: number, paymentMethod: string) => {
  const id = await place(api, mug, quantity)
  await api.ask('POST', '/payment', { orderId: id, paymentMethod })
  return id
}

const cancelled = await place(api, mug, 2)
await api.ask('POST', `/order/cancelorder/${cancelled}`)

/** An order of ann's in every state there is. */
const orders: Readonly<Record<string, string>> = {
  CREATED: await place(api, mug, 1),
  ORDER_CANCELLED: cancelled,
  ORDER_FAILED: (await api.ask('POST', '/order', lines(mug, 999))).body.order.id,
  PAYMENT_DONE: await paying(3, 'fake_approve'),
  PAYMENT_FAILED: await paying(4, 'fake_decline'),
  PAYMENT_IN_PROGRESS: await paying(5, 'fake_unavailable'),
}
const before = await stored(api)
const payments = before.orders.flatMap((order) => order.payments)

const NOBODYS = `ord_${'0'.repeat(32)}`
const NOBODYS_PAYMENT = `pay_${'0'.repeat(32)}`

/** Every request that names an order. */
const requests: Readonly<Record<string, (id: string) => readonly [string, string, unknown?]>> = {
  'GET /order/{id}': (id) => ['GET', `/order/${id}`],
  'PUT /order/{id}': (id) => ['PUT', `/order/${id}`, lines(mug, 6)],
  'PUT /order/{id} with other lines': (id) => ['PUT', `/order/${id}`, lines('prod_x', 6)],
  'PUT /order/{id} with no lines': (id) => ['PUT', `/order/${id}`, { lines: [] }],
  'PUT /order/{id} with a faulty body': (id) => ['PUT', `/order/${id}`, { lines: 1 }],
  'POST /order/cancelorder/{id}': (id) => ['POST', `/order/cancelorder/${id}`],
  'POST /order/retryorder/{id}': (id) => ['POST', `/order/retryorder/${id}`],
  'POST /payment': (orderId) => ['POST', '/payment', { orderId }],
  'POST /payment with a total': (orderId) => [
    'POST',
    '/payment',
    { orderId, expectedTotal: { amountMinor: 1, currency: 'EUR' } },
  ],
  'POST /retrypayment': (orderId) => ['POST', '/retrypayment', { orderId }],
}

/** Whoever asks, and with which headers. */
const callers = {
  'Another user': { user: 'bob' },
  'An admin': { user: 'eve', admin: true },
  'Another user with the version': { user: 'bob', headers: { 'If-Match': '"1"' } },
  'Another user with a wrong version': { user: 'bob', headers: { 'If-Match': '"7"' } },
} as const

/** All that an answer tells, but for the time and the id that was asked for. */
const told = ({ status, headers, text }: Answer, id: string) => ({
  status,
  headers: [...headers].filter(([name]) => !/^(date|x-request-id)$/.test(name)),
  text: text.replaceAll(id, 'ID'),
})

for (const [who, sent] of Object.entries(callers)) {
  for (const [what, request] of Object.entries(requests)) {
    for (const [state, id] of Object.entries(orders)) {
      test(`${who} learns nothing of a ${state} order from ${what}.`, async (t) => {
        for (const key of ['', randomUUID()]) {
          const ask = (ofId: string) => {
            const [method, path, body] = request(ofId)
            return api.ask(method, path, body, { ...sent, key })
          }
          const [theirs, nobodys] = await Promise.all([ask(id), ask(NOBODYS)])
          t.true([404, 422].includes(theirs.status), theirs.text)
          t.deepEqual(told(theirs, id), told(nobodys, NOBODYS))
        }
        t.deepEqual(await stored(api), before)
      })
    }
  }

  test(`${who} learns nothing of a payment.`, async (t) => {
    for (const { id } of payments) {
      const theirs = await api.ask('GET', `/payment/${id}`, undefined, sent)
      const nobodys = await api.ask('GET', `/payment/${NOBODYS_PAYMENT}`, undefined, sent)
      t.is(theirs.status, 404)
      t.deepEqual(told(theirs, id), told(nobodys, NOBODYS_PAYMENT))
    }
    t.is(payments.length, 3)
  })

  test(`${who} sees none of the orders in a list, whatever the cursor is.`, async (t) => {
    for (const cursor of ['', ...Object.values(orders).map((id) => `&cursor=${id}`)]) {
      const { body } = await api.ask('GET', `/order?limit=100${cursor}`, undefined, {
        user: sent.user,
      })
      t.deepEqual(body, { items: [], nextCursor: null })
    }
  })
}

test('The owner sees an order in each of the states.', async (t) => {
  for (const [state, id] of Object.entries(orders)) {
    t.is((await api.ask('GET', `/order/${id}`)).body.state, state)
  }
})

test.after.always(api.stop)
