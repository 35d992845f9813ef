import type { DomainError } from '@holdfast/domain'
import { final, later, type ProblemKind, type ProblemMember } from './problem-kind.ts'

type ErrorWith<Code> = Extract<DomainError, { code: Code }>

/** A problem shows what the domain's error carries: what all its forms have, and what some have. */
type DomainProblem<Code> = ProblemKind & {
  readonly shows: {
    readonly [Member in ProblemMember &
      AllKeys<ErrorWith<Code>>]: Member extends keyof ErrorWith<Code> ? 'always' : 'sometimes'
  }
}

type AllKeys<Form> = Form extends unknown ? keyof Form : never

/** The domain's refusals. A code or a member that a use case gains without a line here does not compile. */
export const domainProblems: { readonly [Code in DomainError['code']]: DomainProblem<Code> } = {
  order_not_found: {
    status: 404,
    title: 'No such order',
    ...final,
    meaning: 'The order does not exist, or it is not yours: the answer is the same.',
    remedy: 'Check the id and the user.',
    shows: {},
  },
  payment_not_found: {
    status: 404,
    title: 'No such payment',
    ...final,
    meaning: 'The payment does not exist, or it is not yours: the answer is the same.',
    remedy: 'Check the id and the user.',
    shows: {},
  },
  product_not_found: {
    status: 404,
    title: 'No such product',
    ...final,
    meaning: 'The product does not exist.',
    remedy: 'Check the id, or list the products with `GET /product`.',
    shows: {},
  },
  duplicate_order: {
    status: 409,
    title: 'There is such an order already',
    ...final,
    meaning:
      'You have an order of the same products in the same quantities that is open, or was paid a few minutes ago, or one with this `clientReference`; `order` is that one. Retrying or editing an order that the system has let go is refused in the same way if another one has taken its place.',
    remedy:
      'Go on with `order` (`allowed` says how), or send `allowDuplicate: true` to order it twice. A `clientReference` is used once, whatever is sent.',
    shows: { order: 'always', allowed: 'always' },
  },
  illegal_transition: {
    status: 409,
    title: 'Not in this state',
    ...final,
    meaning: 'The order’s state does not allow this; `allowed` lists what it does allow.',
    remedy: 'Look at `order.state` and do one of `allowed`.',
    shows: { order: 'always', allowed: 'always' },
  },
  insufficient_stock: {
    status: 409,
    title: 'Not enough in stock',
    retryable: true,
    sameKey: false,
    meaning:
      '`lines` lists every product that is short, with what was requested and what is available.',
    remedy:
      'Order less, or try again later; an `ORDER_FAILED` order is tried again with `POST /order/retryorder/{id}`.',
    shows: { lines: 'always', order: 'always' },
  },
  order_already_paid: {
    status: 409,
    title: 'The order is paid',
    ...final,
    meaning: 'The money was taken once, by `payment`; it is not taken again.',
    remedy: 'Nothing to do: the order is yours.',
    shows: { order: 'always', payment: 'always' },
  },
  quantity_below_reserved: {
    status: 409,
    title: 'Orders hold more than that',
    ...final,
    meaning: 'The new quantity would be less than what unpaid orders have reserved.',
    remedy: 'Keep at least `product.reserved`, or wait until those orders are paid or cancelled.',
    shows: { product: 'always' },
  },
  sku_taken: {
    status: 409,
    title: 'The code is taken',
    ...final,
    meaning: 'Another product, `product`, has this sku.',
    remedy: 'Choose another sku, or change that product with `PUT /product/{id}`.',
    shows: { product: 'always' },
  },
  total_changed: {
    status: 409,
    title: 'The total is another one',
    ...final,
    meaning:
      'What would be charged, `total`, differs from `expectedTotal`; nothing was charged. `order` is as it is stored, with its old lines where the request has others.',
    remedy: 'Show the customer `total`, and pay with that as `expectedTotal`.',
    shows: { total: 'always', order: 'always' },
  },
  version_mismatch: {
    status: 412,
    title: 'It has changed since',
    ...final,
    meaning:
      '`If-Match` names no version that the order or product has now; nothing was changed. A weak tag (`W/"…"`) never matches: a proxy that compresses answers makes tags weak.',
    remedy:
      'Look at `order` or `product`, decide anew, and send `If-Match` with its version, such as `"4"`.',
    shows: { order: 'sometimes', product: 'sometimes' },
  },
  amount_too_large: {
    status: 422,
    title: 'The amount is too large',
    ...final,
    meaning: 'A line or the total would pass 2^53 - 1 minor units, where numbers stop being exact.',
    remedy: 'Split the order.',
    shows: {},
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The key belongs to another request',
    ...final,
    meaning: 'This `Idempotency-Key` came with a different method, path or body before.',
    remedy: 'Use a new key for a new request, and the same key only for the very same one.',
    shows: {},
  },
  invalid_request: {
    status: 422,
    title: 'Some values are not allowed',
    ...final,
    meaning: '`errors` points at each faulty field and says what is allowed. Nothing was stored.',
    remedy: 'Mend the fields and send the request again.',
    shows: { errors: 'always' },
  },
  quantity_limit_exceeded: {
    status: 422,
    title: 'Over the limit per order',
    ...final,
    meaning:
      '`errors` points at each line that asks for more of a product than its `maxPerOrder`: a line of the request, or of the order where the request brings none. Nothing was changed.',
    remedy:
      'Ask for at most as many as the product’s `maxPerOrder`; an order that failed is retried with such `lines`.',
    shows: { errors: 'always' },
  },
  unknown_product: {
    status: 422,
    title: 'A product does not exist',
    ...final,
    meaning: '`errors` points at each line whose `productId` is unknown. Nothing was stored.',
    remedy: 'List the products with `GET /product`.',
    shows: { errors: 'always' },
  },
  too_many_unpaid_orders: {
    status: 429,
    title: 'Too many unpaid orders',
    ...later,
    meaning:
      'Your unpaid orders hold as much stock as they may (`UNPAID_ORDERS`, 20 unless it was set), so this one would hold none; `order` is the oldest of them. Nothing was changed.',
    remedy:
      'Pay or cancel `order` (`allowed` says what it allows), or wait until it expires or its payment is decided (`expiresAt`), and repeat the request.',
    shows: { order: 'always', allowed: 'always' },
  },
  payment_attempts_exceeded: {
    status: 429,
    title: 'Too many payment attempts',
    ...later,
    meaning: 'An order allows five attempts in ten minutes, against the trying out of cards.',
    remedy: 'Wait for as many seconds as `Retry-After` says.',
    shows: { order: 'always' },
  },
  gateway_unavailable: {
    status: 503,
    title: 'The payment gateway is out of reach',
    ...later,
    meaning:
      'The gateway takes no charges now, so no attempt was begun: nothing was charged, and the order is as it was.',
    remedy: 'Repeat the request after `Retry-After`.',
    shows: { order: 'always' },
  },
  payment_outcome_unknown: {
    status: 503,
    title: 'The payment’s outcome is not known yet',
    ...later,
    meaning:
      'The gateway could not be asked what became of the payment under way. Nothing was changed.',
    remedy: 'Repeat the request after `Retry-After`.',
    shows: { order: 'always', payment: 'always' },
  },
}
