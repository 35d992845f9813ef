import { type Draft, draftsOf, lines, write } from './draft.ts'
import { firstOrder, teapot, unknown } from './ids.ts'

type Headers = Readonly<Record<string, string>>
const cancel = (body?: object, headers?: Headers) =>
  write('POST', `/order/cancelorder/${firstOrder}`, body, headers)
const retry = (body?: object, headers?: Headers) =>
  write('POST', `/order/retryorder/${firstOrder}`, body, headers)

/** Examples of cancelling orders, and of trying them again. */
export const orderActionDrafts: readonly Draft[] = [
  ...draftsOf('cancelOrder', [
    ['cancelled', 'An order that is not paid', 'Ann has ordered two mugs.', cancel()],
    ['why', 'With a reason', 'Ann has ordered two mugs.', cancel({ reason: 'Ordered by mistake' })],
    ['again', 'Once more', 'Ann has cancelled her order of two mugs.', cancel()],
    ['paid', 'An order that is paid', 'Ann has paid her order of two mugs.', cancel()],
    ['missing', 'No such order', 'Nothing is there yet.', cancel()],
    [
      'unknownField',
      'A field that is not known',
      'Ann has ordered two mugs.',
      cancel({ why: 'x' }),
    ],
    [
      'changed',
      'An order that has changed since',
      'Ann has ordered two mugs and changed her mind to three.',
      cancel(undefined, { 'If-Match': '"1"' }),
    ],
  ]),
  ...draftsOf('retryOrder', [
    [
      'retried',
      'There is enough now',
      'Ann’s order of three teapots is ORDER_FAILED; three more have come in since.',
      retry(),
    ],
    [
      'stillShort',
      'Still not enough',
      'Ann’s order of three teapots is ORDER_FAILED, since there are two.',
      retry(),
    ],
    [
      'fewer',
      'With other lines: two of three',
      'Ann’s order of three teapots is ORDER_FAILED, since there are two.',
      retry(lines({ [teapot]: 2 })),
    ],
    [
      'unknownProduct',
      'A product that is not there',
      'Ann’s order of three teapots is ORDER_FAILED, since there are two.',
      retry(lines({ [unknown]: 1 })),
    ],
    [
      'changed',
      'An order that has changed since',
      'Ann’s order of three teapots is ORDER_FAILED, since there are two.',
      retry(undefined, { 'If-Match': '"2"' }),
    ],
    ['created', 'An order that did not fail', 'Ann has ordered two mugs.', retry()],
    [
      'tooLarge',
      'More money than can be counted, by now',
      'Ann’s order of three teapots is ORDER_FAILED; they have become priceless since.',
      retry(),
    ],
    [
      'currencies',
      'Two currencies, by now',
      'Ann’s order of a mug and three teapots is ORDER_FAILED; teapots are sold in dollars since.',
      retry(),
    ],
    [
      'replaced',
      'An order that was let go, and placed once more since',
      'Ann’s order of three teapots was ORDER_FAILED for a day; she has placed it once more.',
      retry(),
    ],
    [
      'limited',
      'More than an order may have, by now',
      'Ann’s order of three teapots is ORDER_FAILED; three more came in, two an order at most.',
      retry(),
    ],
    [
      'tooManyUnpaid',
      'One unpaid order too many',
      'Ann’s order of three teapots is ORDER_FAILED; she has ordered a mug, and may leave one order unpaid.',
      retry(),
    ],
    ['missing', 'No such order', 'Nothing is there yet.', retry()],
  ]),
]
