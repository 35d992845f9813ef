import { type Draft, draftsOf, get, lines, write } from './draft.ts'
import { diamond, firstOrder, mug, secondOrder, teapot, unknown } from './ids.ts'

const shop = 'Ten mugs, two teapots and two diamonds are on sale.'
const ordered = 'Ann has ordered two mugs.'
const referred = 'Ann has ordered two mugs as her number C-1001, with a note.'
const limited = 'Ann has ordered two mugs, and an order may have no more of them.'
const admin = { 'X-User-Id': 'eve', 'X-User-Role': 'admin' }

const order = (body: object, headers = {}) => write('POST', '/order', body, headers)
const modify = (body: object, headers = {}) => write('PUT', `/order/${firstOrder}`, body, headers)

/** Examples of placing, reading and editing orders. */
export const orderDrafts: readonly Draft[] = [
  ...draftsOf('createOrder', [
    ['placed', 'Two mugs', shop, order(lines({ [mug]: 2 }))],
    ['placedTogether', 'Two mugs and a teapot', shop, order(lines({ [mug]: 2, [teapot]: 1 }))],
    [
      'placedOnce',
      'With a key, so that it can be repeated safely',
      shop,
      order(lines({ [mug]: 2 }), { 'Idempotency-Key': '7f3a' }),
    ],
    [
      'repeated',
      'The same request with the same key again',
      'Ann has ordered a mug with the idempotency key 7f3a.',
      order(lines({ [mug]: 1 }), { 'Idempotency-Key': '7f3a' }),
    ],
    [
      'placedTwice',
      'The same basket once more, on purpose',
      ordered,
      order({ ...lines({ [mug]: 2 }), allowDuplicate: true }),
    ],
    ['shortOfStock', 'More teapots than there are', shop, order(lines({ [mug]: 1, [teapot]: 3 }))],
    ['duplicate', 'The same basket once more', ordered, order(lines({ [mug]: 2 }))],
    [
      'justPaid',
      'The same basket, just after it was paid',
      'Ann has paid her order of two mugs.',
      order(lines({ [mug]: 2 })),
    ],
    [
      'referred',
      'With a number of your own, and a note',
      shop,
      order({ ...lines({ [mug]: 2 }), clientReference: 'C-1001', metadata: { note: 'A gift.' } }),
    ],
    [
      'sameReference',
      'Another order with that number',
      referred,
      order({ ...lines({ [teapot]: 1 }), clientReference: 'C-1001', allowDuplicate: true }),
    ],
    ['limited', 'More mugs than an order may have', limited, order(lines({ [mug]: 3 }))],
    [
      'tooManyUnpaid',
      'One unpaid order too many',
      'Ann has ordered two mugs, and may leave one order unpaid.',
      order(lines({ [teapot]: 1 })),
    ],
    ['noLines', 'A quantity out of bounds', shop, order(lines({ [mug]: 0 }))],
    ['unknownProduct', 'A product that is not there', shop, order(lines({ [unknown]: 1 }))],
    ['tooLarge', 'More money than can be counted', shop, order(lines({ [diamond]: 2 }))],
  ]),
  ...draftsOf('listOrders', [
    [
      'page',
      'The first page of one',
      'Ann has ordered two mugs and, in another order, a teapot.',
      get('/order?limit=1'),
    ],
    [
      'lastPage',
      'The page after it, the last',
      'Ann has ordered two mugs and, in another order, a teapot.',
      get(`/order?limit=1&cursor=${secondOrder}`),
    ],
    [
      'everybodys',
      'Everybody’s orders in one state, for an admin',
      ordered,
      { ...get('/order?state=CREATED&limit=5'), headers: admin },
    ],
    ['referred', 'The order with a number', referred, get('/order?clientReference=C-1001')],
    ['anothers', 'Another user’s orders', ordered, get('/order?userId=bob')],
    ['limit', 'A page that is too long', 'Nothing is there yet.', get('/order?limit=1000')],
    ['state', 'A state that no order can be in', ordered, get('/order?state=PAID')],
  ]),
  ...draftsOf('getOrder', [
    ['created', 'An order to pay', ordered, get(`/order/${firstOrder}`)],
    ['paid', 'A paid order', 'Ann has paid her order of two mugs.', get(`/order/${firstOrder}`)],
    [
      'waited',
      'Wait for the end of its payment',
      'Ann’s payment for two mugs is PENDING.',
      { ...get(`/order/${firstOrder}`), headers: { 'X-User-Id': 'ann', Prefer: 'wait=10' } },
    ],
    ['missing', 'No such order', 'Nothing is there yet.', get(`/order/${firstOrder}`)],
  ]),
  ...draftsOf('modifyOrder', [
    ['modified', 'Three mugs instead of two', ordered, modify(lines({ [mug]: 3 }))],
    [
      'matched',
      'Only if it is as it was seen',
      ordered,
      modify(lines({ [mug]: 3 }), { 'If-Match': '"1"' }),
    ],
    [
      'superseded',
      'While a payment is under way, which is ended first',
      'Ann’s payment for two mugs is PENDING.',
      modify(lines({ [mug]: 3 })),
    ],
    [
      'noted',
      'Three mugs, and another note',
      referred,
      modify({ ...lines({ [mug]: 3 }), metadata: { note: 'A gift for two.' } }),
    ],
    ['limited', 'More mugs than an order may have', limited, modify(lines({ [mug]: 3 }))],
    ['tooLarge', 'More money than can be counted', ordered, modify(lines({ [diamond]: 2 }))],
    [
      'duplicate',
      'The basket of another order',
      'Ann has ordered two mugs and, in another order, a teapot.',
      modify(lines({ [teapot]: 1 })),
    ],
    [
      'cancelled',
      'An order that is over',
      'Ann has cancelled her order of two mugs.',
      modify(lines({ [mug]: 3 })),
    ],
    ['shortOfStock', 'More mugs than there are', ordered, modify(lines({ [mug]: 11 }))],
    ['tooMany', 'A quantity out of bounds', ordered, modify(lines({ [mug]: 1_000_001 }))],
    [
      'paid',
      'The money was taken after all',
      'Ann’s payment for two mugs is PENDING, though the gateway has taken the money.',
      modify(lines({ [mug]: 3 })),
    ],
    [
      'unknownOutcome',
      'Nobody knows whether the money was taken',
      'Ann’s payment for two mugs is PENDING, and the gateway is out of reach.',
      modify(lines({ [mug]: 3 })),
    ],
    ['missing', 'No such order', 'Nothing is there yet.', modify(lines({ [mug]: 3 }))],
    ['unknownProduct', 'A product that is not there', ordered, modify(lines({ [unknown]: 1 }))],
    [
      'changed',
      'An order that has changed since',
      'Ann has ordered two mugs and changed her mind to three.',
      modify(lines({ [mug]: 4 }), { 'If-Match': '"1"' }),
    ],
  ]),
]
