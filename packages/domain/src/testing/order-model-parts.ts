import type { Money } from '../rules/money.ts'
import type { Order, RequestedLine } from '../rules/order.ts'
import type { OrderState } from '../rules/order-lifecycle.ts'
import type { Payment } from '../rules/payment.ts'

type Mutable<T> = { -readonly [Part in keyof T]: T[Part] }
type PaymentParts = 'id' | 'state' | 'orderVersion' | 'overdue' | 'createdAt'

/** An attempt as it must be; `failure` is the code alone. */
export type ModelPayment = Mutable<Pick<Payment, PaymentParts>> & {
  amountMinor: number
  failure: string | null
  nextCheckAt: number
}

/** An order as it must be. Ids are learnt from the answers. A row of history is three words: from, action, to. */
export type ModelOrder = Mutable<Pick<Order, 'id' | 'userId' | 'allowDuplicate' | 'state'>> & {
  lines: readonly (RequestedLine & Readonly<{ unitPrice: number }>)[]
  short: readonly Readonly<{ productId: string; requested: number; available: number }>[]
  history: string[]
  payments: ModelPayment[]
}

/**
 * What a request must come to: a refusal with this code, or the order, and its payment, as they are afterwards. `ifMet`
 * brings about what else comes of it where one of several equal requests has met the attempt of another at the gateway: who
 * asks before the charge has arrived learns nothing, and either is right.
 */
export type Prediction = Readonly<{
  code?: string
  order?: ModelOrder
  payment?: ModelPayment
  ifMet?: () => void
}>

/** How a request is sent: with a key that it had before, and several times at once without a key. */
export type Sending = Readonly<{ isRepeat: boolean; asOthers: boolean }>

/** For whom a charge is sent again that never arrived: for the customer until the deadline, else in the first half minute. */
export type Payer = 'customer' | 'reconciler'
export const mayResend = (payment: ModelPayment, now: number, payer?: Payer): boolean =>
  payer !== undefined &&
  now < payment.createdAt + { customer: DEADLINE_MS, reconciler: 35_000 }[payer]

export const isLate = ({ createdAt }: ModelPayment, now: number): boolean =>
  now >= createdAt + DEADLINE_MS

/** When the gateway takes the money, if ever; why it declines; whether the customer hears its answer at once. */
export type Method = Readonly<{ capturesAfterMs?: number; declines?: string; answers?: true }>

/** What the payment methods make the fake gateway do with a charge. */
export const METHODS = {
  fake_approve: { capturesAfterMs: 0, answers: true },
  fake_decline: { declines: 'card_declined', answers: true },
  fake_insufficient_funds: { declines: 'insufficient_funds', answers: true },
  fake_slow: { capturesAfterMs: 3_000 },
  fake_ack_lost: { capturesAfterMs: 0 },
  fake_late_capture: { capturesAfterMs: 240_000 },
  fake_timeout: {},
  fake_garbage: {},
  fake_unavailable: {},
} as const satisfies Readonly<Record<string, Method>>

/** Why an attempt fails that was fenced at its deadline. */
export const LATE = 'acknowledgement_timeout'

/** So many attempts an order are allowed in the window. */
export const MOST_ATTEMPTS = 5
export const ATTEMPTS_WINDOW_MS = 600_000

/** How long an order that was paid counts as a duplicate, and how long an order may be unpaid, or failed, and count. */
export const DUPLICATE_WINDOW_MS = 300_000
export const ORDER_TTL_MS = 1_200_000

/** How many orders of a user may hold stock unpaid: fewer than there are baskets. */
const UNPAID_ORDERS = 2

const CHECK_AGES_MS = [2, 5, 15, 30, 60, 120, 180].map((seconds) => seconds * 1000)

/** How long a customer waits for the truth at the most. */
const DEADLINE_MS = 180_000

/** When the gateway is asked next. What follows the deadline is left open: not a number stands for what the store says. */
export const nextCheckOf = ({ createdAt }: Pick<ModelPayment, 'createdAt'>, now: number): number =>
  CHECK_AGES_MS.map((age) => createdAt + age).find((at) => at > now) ?? Number.NaN

/** A payment method that the model knows. */
export type ModelMethod = keyof typeof METHODS

/** What is on hand at the beginning, by code: few products and little of them, so that orders meet. */
export const STOCK: Readonly<Record<string, number>> = { mug: 4, cup: 3, pot: 5 }

/** The states in which an order's lines are reserved. */
export const HOLD_STOCK: readonly OrderState[] = ['CREATED', 'PAYMENT_IN_PROGRESS']

/** The states in which an order can be edited. */
export const EDITABLE: readonly OrderState[] = [...HOLD_STOCK, 'PAYMENT_FAILED']

/** The states that nothing follows. */
export const CLOSED: readonly OrderState[] = ['PAYMENT_DONE', 'ORDER_CANCELLED']

/** What an order costs, in minor units. */
export const totalOf = ({ lines }: Pick<ModelOrder, 'lines'>): number =>
  sum(lines.map(({ quantity, unitPrice }) => quantity * unitPrice))

/** The same text for the same products in the same quantities. */
export const basketOf = (lines: readonly RequestedLine[]): string =>
  JSON.stringify(lines.map(({ productId, quantity }) => [productId, quantity]).toSorted())

/** The ids of what has one, in their order. */
export const idsOf = (things: readonly Readonly<{ id: string }>[]): readonly string[] =>
  things.map(({ id }) => id).toSorted()

/** A sum, 0 of nothing. */
export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0)

/** The attempt under way, if there is one. */
export const pendingOf = ({ payments }: ModelOrder): ModelPayment | undefined =>
  payments.find(({ state }) => state === 'PENDING')

/** An attempt that begins. */
export const attemptFor = (order: ModelOrder, now: number): ModelPayment => ({
  id: '',
  state: 'PENDING',
  failure: null,
  overdue: false,
  amountMinor: totalOf(order),
  orderVersion: order.history.length,
  createdAt: now,
  nextCheckAt: nextCheckOf({ createdAt: now }, now),
})

/** What an admin changes of a product. */
export type ProductChanges = Readonly<{ quantity?: number; quantityDelta?: number; price?: Money }>

/** Products by id. What is reserved is not kept: it is what the orders hold. */
export class ModelStock {
  readonly products = new Map<string, { quantity: number; price: number }>()
  readonly #orders: readonly ModelOrder[]

  constructor(orders: readonly ModelOrder[]) {
    this.#orders = orders
  }

  product(productId: string): { quantity: number; price: number } {
    const product = this.products.get(productId)
    if (!product) throw new Error(`The model does not know the product ${productId}.`)
    return product
  }

  /** What orders hold of a product, those of `except` apart. */
  reserved(productId: string, except?: ModelOrder): number {
    const others = this.#orders.filter((order) => order !== except)
    const held = others.filter(({ state }) => HOLD_STOCK.includes(state)).flatMap((o) => o.lines)
    return sum(held.filter((line) => line.productId === productId).map((line) => line.quantity))
  }

  /** The lines at today's prices, and those that stock cannot meet; what `order` itself holds counts as available. */
  placed(lines: readonly RequestedLine[], order?: ModelOrder): Pick<ModelOrder, 'lines' | 'short'> {
    const priced = lines.map((line) => ({ ...line, unitPrice: this.product(line.productId).price }))
    const short = lines.flatMap(({ productId, quantity: requested }) => {
      const available = this.product(productId).quantity - this.reserved(productId, order)
      return available < requested ? [{ productId, requested, available }] : []
    })
    return { lines: priced, short }
  }

  /** Whether as many orders of the user hold stock unpaid as may. */
  isFull(userId: string): boolean {
    const own = this.#orders.filter((order) => order.userId === userId)
    return own.filter(({ state }) => HOLD_STOCK.includes(state)).length >= UNPAID_ORDERS
  }

  deduct(lines: readonly RequestedLine[]): void {
    for (const line of lines) this.product(line.productId).quantity -= line.quantity
  }

  /** Whether the change is allowed; then it is made. */
  change(productId: string, { quantity, quantityDelta = 0, price }: ProductChanges): boolean {
    const product = this.product(productId)
    const after = quantity ?? product.quantity + quantityDelta
    if (after < this.reserved(productId)) return false
    product.quantity = after
    product.price = price?.amountMinor ?? product.price
    return true
  }
}
