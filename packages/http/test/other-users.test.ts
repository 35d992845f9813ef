import { randomUUID } from 'node:crypto'
import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
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
  const isAdmin = 'admin' in sent
  for (const [what, request] of Object.entries(requests)) {
    if (isAdmin && what.startsWith('GET')) continue // An admin reads everybody's, and changes none.
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

  if (isAdmin) continue

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

const admin = { user: 'eve', admin: true }

test('An admin reads every order and payment as its owner does.', async (t) => {
  const paths = [
    ...Object.values(orders).map((id) => `/order/${id}`),
    ...payments.map(({ id }) => `/payment/${id}`),
  ]
  for (const path of paths) {
    const [theirs, owners] = [
      await api.ask('GET', path, undefined, admin),
      await api.ask('GET', path),
    ]
    t.deepEqual(told(theirs, ''), told(owners, ''))
  }
})

test('An admin lists everybody’s orders, by state and by user, page by page.', async (t) => {
  const list = async (query: string, sent: object = admin) => {
    const { body } = await api.ask('GET', `/order?${query}`, undefined, sent)
    return body.items.map(({ id }: { id: string }) => id)
  }
  const all = Object.values(orders).toSorted().toReversed()
  t.deepEqual(await list('limit=100'), all)
  t.deepEqual(await list('limit=100&userId=ann'), all)
  t.deepEqual(await list('userId=bob'), [])
  t.deepEqual(await list(`limit=2&cursor=${all[1]}`), all.slice(2, 4))
  for (const [state, id] of Object.entries(orders)) {
    t.deepEqual(await list(`state=${state}`), [id])
    t.deepEqual(await list(`state=${state}&userId=ann&limit=1`), [id])
    t.deepEqual(await list(`state=${state}&userId=bob`), [])
    t.deepEqual(await list(`state=${state}`, { user: 'ann' }), [id])
    t.deepEqual(await list(`state=${state}&userId=ann`, { user: 'ann' }), [id])
    t.deepEqual(await list(`state=${state}`, { user: 'bob' }), [])
  }
})

test('Nobody but an admin names another user, whether there is one or not.', async (t) => {
  for (const name of ['ann', 'nobody']) {
    const answer = await api.ask('GET', `/order?userId=${name}`, undefined, { user: 'bob' })
    isProblem(t, answer, { code: 'forbidden', path: '/order' })
  }
})

test('A state or a name that cannot be is refused, and named.', async (t) => {
  for (const query of ['state=PAID', 'state=', 'state=CREATED&state=CREATED', 'state=created']) {
    const answer = await api.ask('GET', `/order?${query}`)
    isProblem(t, answer, { code: 'invalid_request', path: '/order', at: ['state'] })
    t.regex(answer.body.detail, /must be one of CREATED, /)
  }
  for (const query of ['userId=', 'userId=a%20b', 'userId=cli', 'userId=ann&userId=bob']) {
    const answer = await api.ask('GET', `/order?${query}`, undefined, admin)
    isProblem(t, answer, { code: 'invalid_request', path: '/order', at: ['userId'] })
  }
})

test('The owner sees an order in each of the states.', async (t) => {
  for (const [state, id] of Object.entries(orders)) {
    t.is((await api.ask('GET', `/order/${id}`)).body.state, state)
  }
})

test.after.always(api.stop)
