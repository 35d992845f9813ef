import type { RequestedLine } from '../rules/order.ts'
import type { HistoryAction, OrderState } from '../rules/order-lifecycle.ts'
import { ModelAges } from './order-model-ages.ts'
import { ModelBooks } from './order-model-books.ts'
import {
  attemptFor,
  EDITABLE,
  isLate,
  LATE,
  type ModelMethod,
  type ModelOrder,
  type ModelPayment,
  ModelStock,
  mayResend,
  nextCheckOf,
  type Payer,
  type Prediction,
  type ProductChanges,
  pendingOf,
  type Sending,
  totalOf,
} from './order-model-parts.ts'
import { refusedCharge } from './order-model-steps.ts'
import { ModelVisits } from './order-model-visits.ts'

type Lines = readonly RequestedLine[]

/** Orders, stock and payments as they are promised, in code of its own: no rule of the domain is used here. */
export class OrderModel extends ModelVisits {
  now = Date.UTC(2026, 0, 15, 12)
  gatewayReachable = true
  readonly orders: ModelOrder[] = []
  readonly stock = new ModelStock(this.orders)
  readonly #ages = new ModelAges(this.orders, (corner) => this.visit(corner))
  readonly #books = new ModelBooks()

  create(userId: string, lines: Lines, allowDuplicate: boolean): Prediction {
    if (!allowDuplicate && this.#ages.hasTwin(userId, lines, this.now))
      return this.refuse('duplicate_order')
    const placed = this.stock.placed(lines)
    const state = placed.short.length > 0 ? 'ORDER_FAILED' : 'CREATED'
    if (state === 'CREATED' && this.stock.isFull(userId))
      return this.refuse('too_many_unpaid_orders')
    const empty = { id: '', history: [], payments: [] }
    const order: ModelOrder = { ...empty, userId, allowDuplicate, state, ...placed }
    this.orders.push(order)
    this.#record(order, 'nothing', 'create', state)
    return { order }
  }

  retryOrder(order: ModelOrder, lines?: Lines): Prediction {
    if (order.state !== 'ORDER_FAILED') return this.refuse('illegal_transition')
    if (this.#ages.isReplaced(order, this.now, lines)) return this.refuse('duplicate_order')
    const placed = this.stock.placed(lines ?? order.lines)
    if (placed.short.length === 0 && this.stock.isFull(order.userId))
      return this.refuse('too_many_unpaid_orders')
    if (lines) this.visit('order retried with other lines')
    Object.assign(order, placed)
    this.#move(order, 'retryOrder', order.short.length > 0 ? 'ORDER_FAILED' : 'CREATED')
    return { order }
  }

  cancel(order: ModelOrder): Prediction {
    this.#ask(order)
    if (order.state === 'ORDER_CANCELLED') return { order }
    if (order.state !== 'CREATED') return this.refuse('illegal_transition')
    this.#move(order, 'cancel', 'ORDER_CANCELLED')
    return { order }
  }

  /** `refused` says why it is refused besides. */
  modify(order: ModelOrder, lines: Lines, refused?: () => string | undefined): Prediction {
    if (!EDITABLE.includes(order.state)) return this.refuse('illegal_transition')
    if (this.#ages.makesTwin(order, lines, this.now)) return this.refuse('duplicate_order')
    const placed = this.stock.placed(lines, order)
    const other = placed.short.length > 0 ? 'insufficient_stock' : refused?.()
    if (other) return this.refuse(other)
    const pending = pendingOf(order)
    if (pending && !this.gatewayReachable) return this.refuse('payment_outcome_unknown')
    if (pending && this.#books.hasCaptured(pending, this.now)) {
      this.visit('edit lost against a capture')
      this.#end(order, pending, null)
      return this.refuse('order_already_paid')
    }
    if (pending) this.#end(order, pending, 'superseded')
    Object.assign(order, placed)
    this.#move(order, 'modify', order.state)
    return { order }
  }

  pay(
    order: ModelOrder,
    action: 'pay' | 'retryPayment',
    method: ModelMethod,
    expectedTotal: number | undefined,
    { asOthers }: Sending,
  ): Prediction {
    const pending = pendingOf(order)
    if (pending) this.visit('payment under way given again')
    this.#ask(order, 'customer')
    const met = asOthers && { ifMet: () => this.#ask(order) }
    if (pending) return { order, payment: pending, ...met }
    if (order.state === 'PAYMENT_DONE') return this.refuse('order_already_paid')
    if (order.state !== (action === 'pay' ? 'CREATED' : 'PAYMENT_FAILED'))
      return this.refuse('illegal_transition')
    if (action === 'retryPayment' && this.#ages.isReplaced(order, this.now))
      return this.refuse('duplicate_order')
    const refused = refusedCharge(order, this.now, totalOf(order), expectedTotal)
    if (refused) return this.refuse(refused)
    if (this.stock.placed(order.lines, order).short.length > 0)
      return this.refuse('insufficient_stock')
    if (action === 'retryPayment' && this.stock.isFull(order.userId))
      return this.refuse('too_many_unpaid_orders')
    this.#move(order, action === 'pay' ? 'startPayment' : action, 'PAYMENT_IN_PROGRESS')
    const payment = this.#charge(order, method)
    return { order, payment, ...met }
  }

  /** Gives the attempts that must be asked about, as they are afterwards. */
  reconcile(all: boolean): readonly ModelPayment[] {
    const asked = this.orders.flatMap((order) => {
      const payment = pendingOf(order)
      return payment && (all || payment.nextCheckAt <= this.now) ? [{ order, payment }] : []
    })
    for (const { order, payment } of asked) {
      this.#ask(order, 'reconciler')
      if (payment.state !== 'PENDING') continue
      payment.overdue = isLate(payment, this.now)
      payment.nextCheckAt = nextCheckOf(payment, this.now)
      if (payment.overdue) this.visit('payment overdue')
    }
    return asked.map(({ payment }) => payment)
  }

  changeProduct(productId: string, changes: ProductChanges): Prediction {
    return this.stock.change(productId, changes) ? {} : this.refuse('quantity_below_reserved')
  }

  /** Gives the orders that ran out, as they are afterwards. */
  expire(): readonly ModelOrder[] {
    const { unpaid, failed } = this.#ages.runOut(this.now)
    for (const order of unpaid) this.#move(order, 'cancel', 'ORDER_CANCELLED')
    for (const order of failed) this.#move(order, 'letGo', order.state)
    return [...unpaid, ...failed]
  }

  /** What a question to the gateway brings about. What never arrived there is charged again for a payer. */
  #ask(order: ModelOrder, payer?: Payer): void {
    const payment = pendingOf(order)
    if (!payment || !this.gatewayReachable) return
    const isOver = isLate(payment, this.now)
    if (this.#books.hasMissed(payment) && mayResend(payment, this.now, payer)) {
      this.visit('charge that never arrived sent again')
      this.#arrive(order, payment)
    } else if (this.#books.hasCaptured(payment, this.now)) {
      this.visit(isOver ? 'capture found past the deadline' : 'lost answer found')
      this.#end(order, payment, null)
    } else if (isOver) this.#end(order, payment, LATE)
  }

  #charge(order: ModelOrder, method: ModelMethod): ModelPayment {
    const payment = attemptFor(order, this.now)
    order.payments.push(payment)
    this.#books.sent(payment, method)
    if (this.gatewayReachable) this.#arrive(order, payment)
    return payment
  }

  #arrive(order: ModelOrder, payment: ModelPayment): void {
    const { declines, answers } = this.#books.arrived(payment, this.now)
    if (answers) this.#end(order, payment, declines ?? null)
  }

  #end(order: ModelOrder, payment: ModelPayment, failure: string | null): void {
    Object.assign(payment, { state: failure ? 'FAILED' : 'SUCCEEDED', failure, overdue: false })
    payment.nextCheckAt = 0 // No check follows the end.
    if (failure) {
      this.visit(failure)
      this.#move(order, 'paymentFailed', 'PAYMENT_FAILED')
      return
    }
    this.#move(order, 'paymentSucceeded', 'PAYMENT_DONE')
    this.stock.deduct(order.lines)
  }

  #move(order: ModelOrder, action: HistoryAction, to: OrderState): void {
    this.#record(order, order.state, action, to)
    order.state = to
  }

  #record(order: ModelOrder, from: string, action: HistoryAction, to: OrderState): void {
    const row = `${from} ${action} ${to}`
    order.history.push(row)
    this.#ages.changed(order, this.now, from !== to)
    this.visit(row)
  }
}
