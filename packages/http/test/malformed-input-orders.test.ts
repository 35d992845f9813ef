import test from 'ava'
import { startOneService, stored } from './one-service.ts'
import { isProblem } from './problem-checks.ts'
import { lines, place, sell } from './support.ts'

const api = await startOneService()
const mug = await sell(api, 10)
const cup = await sell(api, 10)
const gem = await sell(api, 10, Number.MAX_SAFE_INTEGER)
const pearl = await sell(api, 10, 1)
const yen = { amountMinor: 100, currency: 'JPY' }
const fan = await api.ask(
  'POST',
  '/product',
  { sku: 'FAN', name: 'Fan', price: yen, quantity: 9 },
  { admin: true },
)
const created = await place(api, mug)
const failed = (await api.ask('POST', '/order', lines(mug, 99))).body.order.id
const before = await stored(api)

const line = (product: string, quantity = '1') => `{"productId":${product},"quantity":${quantity}}`
const id = (product: string) => JSON.stringify(product)
const all = (...each: readonly string[]) => `{"lines":[${each.join(',')}]}`
const hundredAndOne = Array.from({ length: 101 }, (_, index) => line(id(`prod_${index}`)))

/** What is wrong, the body, where the answer must point, and the code where it is not `invalid_request`. */
type Case = readonly [
  what: string,
  body: string,
  at: readonly string[],
  code?: 'unknown_product' | 'amount_too_large',
]

const quantities: readonly Case[] = [
  ['text', '"1"'],
  ['an empty text', '""'],
  ['a fraction', '1.5'],
  ['a negative number', '-1'],
  ['zero', '0'],
  ['minus zero', '-0'],
  ['minus zero as a fraction', '-0.0'],
  ['1,000,001', '1000001'],
  ['2^53 + 1', '9007199254740993'],
  ['1e21', '1e21'],
  ['1e309', '1e309'],
  ['-1e309', '-1e309'],
  ['a number of 400 digits', '9'.repeat(400)],
  ['null', 'null'],
  ['true', 'true'],
  ['a list', '[1]'],
  ['an object', '{}'],
].map(([what, raw]) => [`${what} as a quantity`, all(line(id(mug), raw)), ['/lines/0/quantity']])

const productIds: readonly Case[] = [
  ['a number', '1'],
  ['null', 'null'],
  ['a list', `["${mug}"]`],
  ['an object', '{"id":1}'],
  ['a text of 65 characters', id('p'.repeat(65))],
].map(([what, raw = '']) => [`${what} as a productId`, all(line(raw)), ['/lines/0/productId']])

const unknownProducts: readonly Case[] = [
  ['an empty productId', ''],
  ['a productId that is nothing’s', `prod_${'0'.repeat(32)}`],
  ['the id of an order as a productId', created],
  ['a productId in capitals', mug.toUpperCase()],
  ['a productId with a space', `${mug} `],
  ['a productId with a wildcard', 'prod_%'],
  ['SQL as a productId', "' OR '1'='1"],
  ['more SQL as a productId', "x'; DROP TABLE orders; --"],
  ['the sku of a product as a productId', 'FAN'],
].map(([what = '', product = '']) => [
  what,
  all(line(id(mug)), line(id(product))),
  ['/lines/1/productId'],
  'unknown_product',
])

const wholes: readonly Case[] = [
  ['no lines at all', '{}', ['/lines']],
  ['null for lines', '{"lines":null}', ['/lines']],
  ['an object for lines', '{"lines":{"0":{}}}', ['/lines']],
  ['text for lines', '{"lines":"MUG=1"}', ['/lines']],
  ['an empty list of lines', all(), ['/lines']],
  ['101 lines', all(...hundredAndOne), ['/lines']],
  ['null for a line', all('null'), ['/lines/0']],
  ['a list for a line', all('[]'), ['/lines/0']],
  ['an empty line', all('{}'), ['/lines/0/productId', '/lines/0/quantity']],
  [
    'an empty line after a good one',
    all(line(id(mug)), '{}'),
    ['/lines/1/productId', '/lines/1/quantity'],
  ],
  ['a line without a quantity', all(`{"productId":${id(mug)}}`), ['/lines/0/quantity']],
  ['a line without a product', all('{"quantity":1}'), ['/lines/0/productId']],
  ['a product twice', all(line(id(mug)), line(id(cup)), line(id(mug))), ['/lines/2/productId']],
  [
    'a product twice whose id is escaped',
    all(line(id(mug)), line(`"\\u0070${mug.slice(1)}"`)),
    ['/lines/1/productId'],
  ],
  ['two currencies', all(line(id(mug)), line(id(fan.body.id))), ['/lines/1/productId']],
  ['two faults at once', all(line('1', '"1"')), ['/lines/0/productId', '/lines/0/quantity']],
  ['a line whose amount passes 2^53 - 1', all(line(id(gem), '2')), [], 'amount_too_large'],
  ['a total that passes 2^53 - 1', all(line(id(gem)), line(id(pearl))), [], 'amount_too_large'],
]

const foreign: readonly Case[] = [
  ...['id', 'userId', 'state', 'total', 'version', 'createdAt', 'paid', 'Lines'].map(
    (name): Case => [
      `the field ${name}`,
      `${all(line(id(mug))).slice(0, -1)},"${name}":1}`,
      [`/${name}`],
    ],
  ),
  ...['unitPrice', 'lineTotal', 'sku', 'Quantity', 'constructor'].map(
    (name): Case => [
      `the field ${name} in a line`,
      all(`${line(id(mug)).slice(0, -1)},"${name}":{"amountMinor":1}}`),
      [`/lines/0/${name}`],
    ],
  ),
]

const both = [...quantities, ...productIds, ...unknownProducts, ...wholes, ...foreign]
const flags = ['"true"', '1', 'null', '[]'].map(
  (flag): Case => [
    `${flag} for allowDuplicate`,
    `${all(line(id(mug))).slice(0, -1)},"allowDuplicate":${flag}}`,
    ['/allowDuplicate'],
  ],
)
const onModify: Case = [
  'the field allowDuplicate',
  `${all(line(id(mug))).slice(0, -1)},"allowDuplicate":true}`,
  ['/allowDuplicate'],
]

const routes = [
  { route: 'POST /order', method: 'POST', path: '/order', cases: [...both, ...flags] },
  {
    route: 'PUT /order/{id}',
    method: 'PUT',
    path: `/order/${created}`,
    cases: [...both, onModify],
  },
]

for (const { route, method, path, cases } of routes) {
  for (const [what, body, at, code = 'invalid_request'] of cases) {
    test(`${route} refuses ${what} with 422 and stores nothing.`, async (t) => {
      isProblem(t, await api.ask(method, path, body), { code, path, at })
      t.deepEqual(await stored(api), before)
    })
  }
}

for (const path of [`/order/cancelorder/${created}`, `/order/retryorder/${failed}`]) {
  for (const [field, body] of [
    path.includes('cancel')
      ? ['lines', JSON.stringify(lines(mug))]
      : ['reason', '{"reason":"changed my mind"}'],
    ['userId', '{"userId":"bob"}'],
  ] as const) {
    test(`POST ${path.slice(0, 17)}… takes no ${field}.`, async (t) => {
      const answer = await api.ask('POST', path, body)
      isProblem(t, answer, { code: 'invalid_request', path, at: [`/${field}`] })
      t.deepEqual(await stored(api), before)
    })
  }
}

test('A field that is there but of a wrong type is not called missing.', async (t) => {
  const answer = await api.ask('POST', '/order', all(line(id(mug), '"1"')))
  t.notRegex(answer.body.errors[0].detail, /missing/)
})

test('A field that is not there is called missing.', async (t) => {
  const answer = await api.ask('POST', '/order', '{}')
  t.regex(answer.body.errors[0].detail, /missing/)
})

test.after.always(api.stop)
