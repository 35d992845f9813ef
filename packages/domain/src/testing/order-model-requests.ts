import type { Result } from 'neverthrow'
import type { User } from '../rules/caller.ts'
import type { Order, RequestedLine } from '../rules/order.ts'
import type { OrderState } from '../rules/order-lifecycle.ts'
import type { Payment } from '../rules/payment.ts'
import type { Claim } from '../use-cases/claim-payment.ts'
import type { IdempotencyClaim } from '../use-cases/request.ts'
import type { OrderModel } from './order-model.ts'
import { isLetGo } from './order-model-ages.ts'
import type { CreateCommand, OrderRequestCommand, PayCommand } from './order-model-commands.ts'
import { type ModelOrder, type Prediction, type Sending, totalOf } from './order-model-parts.ts'
import { editAndPay } from './order-model-steps.ts'
import type { OrderWorld } from './order-model-world.ts'

/** What came back: a refusal, or an order and perhaps its payment; `text` is all of it. */
export type Answer = Readonly<{ code?: string; order?: Order; payment?: Payment; text: string }>
type How = Readonly<{ by: User; idempotency?: IdempotencyClaim }>

/** What a request does; `body` tells it from other ones. */
type Deed = Readonly<{
  body: unknown
  send: (how: How) => Promise<Answer>
  predict: (sending: Sending) => Prediction
  /** Whether it is a new attempt each time that it comes after the end of the one before. */
  isRetry?: boolean
}>

/** A request, which can be sent again. */
export type Request = Deed & Readonly<{ user: string }>

/** A world and its model. `productIds` are by code. */
export type Subject = Readonly<{
  world: OrderWorld
  model: OrderModel
  productIds: Map<string, string>
}>

/** The states in which a command can succeed. */
const SUITABLE: Readonly<Record<OrderRequestCommand['do'], readonly OrderState[]>> = {
  retryOrder: ['ORDER_FAILED'],
  cancel: ['CREATED'],
  modify: ['CREATED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED'],
  pay: ['CREATED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED'],
}

/** The request that a command comes to, if there is an order for it. */
export const requestFor = (
  subject: Subject,
  command: OrderRequestCommand | CreateCommand,
): Request | undefined => {
  if (command.do === 'create') return creationOf(subject, command)
  const { strays, nth, asStranger } = command
  const { orders } = subject.model
  const suitable = orders.filter(({ state }) => SUITABLE[command.do].includes(state))
  const candidates = strays || suitable.length === 0 ? orders : suitable
  const order = nthLast(candidates, nth)
  if (!order) return undefined
  const deed = deedOn(subject, order, command)
  if (!asStranger) return { user: order.userId, ...deed }
  const user = order.userId === 'ann' ? 'bob' : 'ann'
  return { ...deed, user, predict: () => subject.model.refuse('order_not_found') }
}

/** Somebody whose order was let go may order it anew. */
const creationOf = (subject: Subject, command: CreateCommand): Request => {
  const { world, model } = subject
  const { allowDuplicate } = command
  const given = command.again ? model.orders.findLast(isLetGo) : undefined
  const user = given?.userId ?? command.user
  const lines =
    given?.lines.map(({ productId, quantity }) => ({ productId, quantity })) ??
    linesOf(subject, command.basket)
  return {
    user,
    body: ['create', lines, allowDuplicate],
    send: async (how) =>
      answerOf(await world.useCases.createOrder({ ...how, lines, allowDuplicate })),
    predict: () => model.create(user, lines, allowDuplicate),
  }
}

const deedOn = (subject: Subject, order: ModelOrder, command: OrderRequestCommand): Deed => {
  const { model } = subject
  const { useCases } = subject.world
  const orderId = order.id
  switch (command.do) {
    case 'retryOrder': {
      const lines = command.instead && insteadOf(subject, order, command.instead)
      return {
        body: ['retryOrder', orderId, lines],
        send: async (how) => answerOf(await useCases.retryOrder({ ...how, orderId, lines })),
        predict: () => model.retryOrder(order, lines),
      }
    }
    case 'cancel':
      return {
        body: ['cancel', orderId],
        send: async (how) => answerOf(await useCases.cancelOrder({ ...how, orderId })),
        predict: () => model.cancel(order),
      }
    case 'modify': {
      const lines = linesOf(subject, command.basket)
      return {
        body: ['modify', orderId, lines],
        send: async (how) => answerOf(await useCases.modifyOrder({ ...how, orderId, lines })),
        predict: () => model.modify(order, lines),
      }
    }
    default:
      return paymentOf(subject, order, command)
  }
}

/** Pays or retries, whichever the order's state asks for, unless the command strays; some retries are for other lines. */
const paymentOf = (subject: Subject, order: ModelOrder, command: PayCommand): Deed => {
  const { method: paymentMethod, total: said, strays, instead } = command
  if (instead && order.state.startsWith('PAYMENT_')) return editOf(subject, order, command, instead)
  const isRetry = (order.state === 'PAYMENT_FAILED') !== strays
  const action = isRetry ? 'retryPayment' : 'pay'
  const expected = said === 'unsaid' ? undefined : totalOf(order) + Number(said === 'wrong')
  const expectedTotal = expected === undefined ? undefined : euros(expected)
  const request = { orderId: order.id, paymentMethod, expectedTotal }
  const { payOrder, retryPayment } = subject.world.useCases
  const useCase = isRetry ? retryPayment : payOrder
  return {
    body: [action, request],
    send: async (how) => answerOf(await useCase({ ...how, ...request })),
    predict: (sending) => subject.model.pay(order, action, paymentMethod, expected, sending),
    isRetry,
  }
}

type Instead = NonNullable<PayCommand['instead']>

const insteadOf = (subject: Subject, { lines }: ModelOrder, instead: Instead) =>
  instead === 'its own'
    ? lines.map(({ productId, quantity }): RequestedLine => ({ productId, quantity }))
    : linesOf(subject, instead)

const editOf = (
  subject: Subject,
  order: ModelOrder,
  { method: paymentMethod, total: said }: PayCommand,
  instead: Instead,
): Deed => {
  const { model, world } = subject
  const lines = insteadOf(subject, order, instead)
  const total = totalOf(model.stock.placed(lines))
  const expected = said === 'unsaid' ? undefined : total + Number(said === 'wrong')
  const expectedTotal = expected === undefined ? undefined : euros(expected)
  const request = { orderId: order.id, lines, paymentMethod, expectedTotal }
  return {
    body: ['retryPayment', request],
    send: async (how) => answerOf(await world.useCases.retryPayment({ ...how, ...request })),
    predict: (sending) => editAndPay(model, order, lines, paymentMethod, expected, sending),
    isRetry: true,
  }
}

type Refusal = Readonly<{ code: string }>

const answerOf = (result: Result<Order, Refusal> | Result<Claim, Refusal>): Answer => {
  if (result.isErr()) return { code: result.error.code, text: JSON.stringify(result.error) }
  const { value } = result
  const text = JSON.stringify(value)
  return 'payment' in value
    ? { order: value.order, payment: value.payment, text }
    : { order: value, text }
}

const linesOf = ({ productIds }: Subject, contents: Readonly<Record<string, number>>) =>
  Object.entries(contents).map(
    ([code, quantity]): RequestedLine => ({ productId: productIds.get(code) ?? '', quantity }),
  )

/** So many cents. */
export const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

/** Counted back from the latest, and round again. */
export const nthLast = <T>(items: readonly T[], nth: number): T | undefined =>
  items.at(-1 - (nth % items.length))
