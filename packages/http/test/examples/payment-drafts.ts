import { type Draft, draftsOf, get, type Line, lines, write } from './draft.ts'
import { diamond, firstOrder, firstPayment, mug, unknown } from './ids.ts'

const ordered = 'Ann has ordered two mugs.'
const declined = 'Ann’s payment for two mugs was declined.'

const body = (more: object = {}) => ({ orderId: firstOrder, ...more })
type Headers = Readonly<Record<string, string>>
const pay = (more?: object, headers?: Headers) => write('POST', '/payment', body(more), headers)
const retry = (more?: object, headers?: Headers) =>
  write('POST', '/retrypayment', body(more), headers)
const slow = { paymentMethod: 'fake_slow' }
const poor = { paymentMethod: 'fake_insufficient_funds' }
/** Sends once more what has had no answer until its deadline. */
const again = (path: string) =>
  write('POST', path, body({ paymentMethod: 'fake_timeout' }), { 'Idempotency-Key': '7f3a' })
const lost = { paymentMethod: 'fake_ack_lost' }
/** The same request by somebody who would wait for ten seconds. */
const waiting = (request: Line[3]): Line[3] => ({
  ...request,
  headers: { ...request.headers, Prefer: 'wait=10' },
})
const eur = (amountMinor: number) => ({ expectedTotal: { amountMinor, currency: 'EUR' } })

/** What is the same for a first payment and for a further one. */
const alike = (
  ready: Line[2],
  send: (more?: object, headers?: Headers) => Line[3],
): readonly Line[] => [
  ['paid', 'The money is taken', ready, send()],
  ['expected', 'Only if it costs what the customer saw', ready, send(eur(2598))],
  ['pending', 'The gateway does not know yet', ready, send(slow)],
  ['waited', 'Wait for the outcome, but not for ever', ready, waiting(send(lost))],
  ['underWay', 'While a payment is under way', 'Ann’s payment for two mugs is PENDING.', send()],
  ['declined', 'The card issuer says no', ready, send(poor)],
  ['alreadyPaid', 'An order that is paid', 'Ann has paid her order of two mugs.', send()],
  ['otherTotal', 'It costs something else', ready, send(eur(1299))],
  ['missing', 'No such order', 'Nothing is there yet.', send()],
  ['changed', 'An order that has changed since', ready, send({}, { 'If-Match': '"9"' })],
  ['method', 'A payment method that cannot be one', ready, send({ paymentMethod: 'by cheque' })],
]

/** Examples of payments. */
export const paymentDrafts: readonly Draft[] = [
  ...draftsOf('payOrder', [
    ...alike(ordered, pay),
    [
      'timedOut',
      'The gateway gave no answer until the deadline',
      'Ann has sent a payment for two mugs with the key 7f3a, which had no answer until its deadline.',
      again('/payment'),
    ],
    ['failed', 'An order whose payment failed: retry it', declined, pay()],
    [
      'noGateway',
      'Nothing was sent: the gateway is out of reach',
      'Ann has ordered two mugs, and the gateway is out of reach.',
      pay(),
    ],
  ]),
  ...draftsOf('retryPayment', [
    ...alike(declined, retry),
    [
      'timedOut',
      'The gateway gave no answer until the deadline',
      'Ann has retried a payment with the key 7f3a, which had no answer until its deadline.',
      again('/retrypayment'),
    ],
    [
      'edited',
      'For other lines, in one step',
      declined,
      retry({ ...lines({ [mug]: 3 }), ...eur(3897) }),
    ],
    [
      'superseding',
      'For other lines while a payment is under way, which is ended first',
      'Ann’s payment for two mugs is PENDING.',
      retry(lines({ [mug]: 1 })),
    ],
    ['tooLarge', 'More money than can be counted', declined, retry(lines({ [diamond]: 2 }))],
    ['unknownProduct', 'A product that is not there', declined, retry(lines({ [unknown]: 1 }))],
    [
      'limited',
      'More than an order may have',
      'Ann’s payment for two mugs was declined; an order may have no more of them by now.',
      retry(lines({ [mug]: 3 })),
    ],
    [
      'unknownOutcome',
      'Nobody knows whether the money was taken',
      'Ann’s payment for two mugs is PENDING, and the gateway is out of reach.',
      retry(lines({ [mug]: 1 })),
    ],
    ['created', 'An order that was never paid: pay it', ordered, retry()],
    [
      'shortOfStock',
      'The stock was released, and is gone',
      'Ann’s payment for two mugs was declined; somebody else has all the mugs.',
      retry(),
    ],
    [
      'replaced',
      'An order that was let go, and paid in another one since',
      'Ann’s payment for two mugs was declined a day ago; she has bought them once more.',
      retry(),
    ],
    [
      'noGateway',
      'Nothing was sent: the gateway is out of reach',
      'Ann’s payment for two mugs was declined, and the gateway has gone out of reach.',
      retry(),
    ],
    [
      'tooManyUnpaid',
      'One unpaid order too many',
      'Ann’s payment for two mugs was declined; she has ordered a teapot, and may leave one order unpaid.',
      retry(),
    ],
    [
      'tooOften',
      'A sixth attempt within ten minutes',
      'Ann’s payments for two mugs were declined five times.',
      retry(),
    ],
  ]),
  ...draftsOf('getPayment', [
    [
      'pending',
      'One under way',
      'Ann’s payment for two mugs is PENDING.',
      get(`/payment/${firstPayment}`),
    ],
    ['failed', 'One that was declined', declined, get(`/payment/${firstPayment}`)],
    [
      'ended',
      'Wait for the end of one, which has ended',
      declined,
      waiting(get(`/payment/${firstPayment}`)),
    ],
    [
      'refundOwed',
      'One that goes back to the customer',
      'The gateway took the money for a payment after it had FAILED, and it is owed back.',
      get(`/payment/${firstPayment}`),
    ],
    ['missing', 'No such payment', 'Nothing is there yet.', get(`/payment/${firstPayment}`)],
  ]),
]
