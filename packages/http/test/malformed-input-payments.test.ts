import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
const created = await place(api, mug, 1)
const declined = await place(api, mug, 2)
await api.ask('POST', '/payment', { orderId: declined, paymentMethod: 'fake_decline' })
const before = await stored(api)

/** What is wrong, the members beside a valid orderId, and where the answer must point. */
type Case = readonly [what: string, members: string, at: readonly string[]]

const orderIds: readonly (readonly [what: string, body: string])[] = [
  ['no orderId', '{}'],
  ['null for orderId', '{"orderId":null}'],
  ['a number for orderId', '{"orderId":1}'],
  ['a list for orderId', `{"orderId":["${created}"]}`],
  ['an object for orderId', '{"orderId":{"$ne":null}}'],
  ['an orderId of 65 characters', `{"orderId":"${'o'.repeat(65)}"}`],
]

const methods = [
  ['an empty text', '""'],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '["fake_approve"]'],
  ['text with a space', '"fake approve"'],
  ['text with a line break', '"fake_approve\\n"'],
  ['SQL', `"'; DROP TABLE payments; --"`],
  ['text of 65 characters', `"${'m'.repeat(65)}"`],
  ['text that is not ASCII', '"fäke"'],
].map(
  ([what, raw]): Case => [
    `${what} for paymentMethod`,
    `"paymentMethod":${raw}`,
    ['/paymentMethod'],
  ],
)

const amounts = ['"1299"', '1.5', '-0', '1e309', '9007199254740993', 'null', '[]', '{}'].map(
  (raw): Case => [
    `${raw} for an amount`,
    `"expectedTotal":{"amountMinor":${raw},"currency":"EUR"}`,
    ['/expectedTotal/amountMinor'],
  ],
)

const totals: readonly Case[] = [
  ['null for expectedTotal', '"expectedTotal":null', ['/expectedTotal']],
  ['a number for expectedTotal', '"expectedTotal":12.99', ['/expectedTotal']],
  ['text for expectedTotal', '"expectedTotal":"12.99 EUR"', ['/expectedTotal']],
  ['a list for expectedTotal', '"expectedTotal":[1299,"EUR"]', ['/expectedTotal']],
  [
    'an empty object for expectedTotal',
    '"expectedTotal":{}',
    ['/expectedTotal/amountMinor', '/expectedTotal/currency'],
  ],
  [
    'no currency in expectedTotal',
    '"expectedTotal":{"amountMinor":1299}',
    ['/expectedTotal/currency'],
  ],
  [
    'a negative amount',
    '"expectedTotal":{"amountMinor":-1,"currency":"EUR"}',
    ['/expectedTotal/amountMinor'],
  ],
  [
    'a currency in small letters',
    '"expectedTotal":{"amountMinor":1299,"currency":"eur"}',
    ['/expectedTotal/currency'],
  ],
  [
    'null for a currency',
    '"expectedTotal":{"amountMinor":1299,"currency":null}',
    ['/expectedTotal/currency'],
  ],
  [
    'the field tax in expectedTotal',
    '"expectedTotal":{"amountMinor":1299,"currency":"EUR","tax":1}',
    ['/expectedTotal/tax'],
  ],
  ['the field userId', '"userId":"bob"', ['/userId']],
  ['the field state', '"state":"SUCCEEDED"', ['/state']],
  ['the field amount', '"amount":{"amountMinor":1,"currency":"EUR"}', ['/amount']],
  ['two faults at once', '"paymentMethod":1,"total":1', ['/paymentMethod', '/total']],
]

for (const [path, orderId] of [
  ['/payment', created],
  ['/retrypayment', declined],
] as const) {
  for (const [what, body] of orderIds) {
    test(`POST ${path} refuses ${what} with 422 and charges nothing.`, async (t) => {
      const answer = await api.ask('POST', path, body)
      isProblem(t, answer, { code: 'invalid_request', path, at: ['/orderId'] })
      t.deepEqual(await stored(api), before)
    })
  }

  for (const [what, members, at] of [...methods, ...amounts, ...totals]) {
    test(`POST ${path} refuses ${what} with 422 and charges nothing.`, async (t) => {
      const answer = await api.ask('POST', path, `{"orderId":"${orderId}",${members}}`)
      isProblem(t, answer, { code: 'invalid_request', path, at })
      t.deepEqual(await stored(api), before)
    })
  }

  for (const unknown of ['', `ord_${'0'.repeat(32)}`, mug, "' OR '1'='1", '%', `${orderId} `]) {
    test(`POST ${path} answers 404 to the orderId "${unknown.slice(0, 12)}".`, async (t) => {
      const answer = await api.ask('POST', path, { orderId: unknown })
      isProblem(t, answer, { code: 'order_not_found', path })
      t.deepEqual(await stored(api), before)
    })
  }

  for (const [what, amountMinor, currency] of [
    ['one cent less', orderId === created ? 1298 : 2597, 'EUR'],
    ['zero', 0, 'EUR'],
    ['another currency', orderId === created ? 1299 : 2598, 'USD'],
  ] as const) {
    test(`POST ${path} charges nothing where ${what} was expected.`, async (t) => {
      const answer = await api.ask('POST', path, {
        orderId,
        expectedTotal: { amountMinor, currency },
      })
      isProblem(t, answer, { code: 'total_changed', path })
      t.deepEqual(await stored(api), before)
    })
  }
}

test.after.always(api.stop)
