import { type Draft, draftsOf, write } from './draft.ts'
import { firstOrder } from './ids.ts'

const cancel = (body?: object) => write('POST', `/order/cancelorder/${firstOrder}`, body)
const retry = (body?: object) => write('POST', `/order/retryorder/${firstOrder}`, body)

/** Examples of cancelling orders, and of trying them again. */
export const orderActionDrafts: readonly Draft[] = [
  ...draftsOf('cancelOrder', [
    ['cancelled', 'An order that is not paid', 'Ann has ordered two mugs.', cancel()],
    ['again', 'Once more', 'Ann has cancelled her order of two mugs.', cancel()],
    ['paid', 'An order that is paid', 'Ann has paid her order of two mugs.', cancel()],
    ['missing', 'No such order', 'Nothing is there yet.', cancel()],
    [
      'unknownField',
      'A field that is not known',
      'Ann has ordered two mugs.',
      cancel({ why: 'x' }),
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
    ['missing', 'No such order', 'Nothing is there yet.', retry()],
  ]),
]
