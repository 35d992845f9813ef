import type { RequestedLine } from '../rules/order.ts'
import type { OrderModel } from './order-model.ts'
import {
  ATTEMPTS_WINDOW_MS,
  MOST_ATTEMPTS,
  type ModelMethod,
  type ModelOrder,
  type Prediction,
  pendingOf,
  type Sending,
  totalOf,
} from './order-model-parts.ts'

/** Why an order of this total is not charged for at this moment: it was to cost something else, or was tried too often. */
export const refusedCharge = (
  { payments }: ModelOrder,
  now: number,
  total: number,
  expected = total,
): string | undefined => {
  if (expected !== total) return 'total_changed'
  const recent = payments.filter((each) => each.createdAt > now - ATTEMPTS_WINDOW_MS)
  return recent.length >= MOST_ATTEMPTS ? 'payment_attempts_exceeded' : undefined
}

/** An edit and a retry in one step: as one after the other, if neither is refused; else nothing but what the fence has found. */
export const editAndPay = (
  model: OrderModel,
  order: ModelOrder,
  lines: readonly RequestedLine[],
  method: ModelMethod,
  expectedTotal: number | undefined,
  sending: Sending,
): Prediction => {
  const retry = (expected?: number) => model.pay(order, 'retryPayment', method, expected, sending)
  const pending = pendingOf(order)
  if (pending && (sending.isRepeat || isBegunBy(order, lines))) {
    model.visit('edit that is being paid given again')
    return retry()
  }
  if (!pending && order.state !== 'PAYMENT_FAILED') return retry() // It refuses what cannot be retried.
  const total = totalOf(model.stock.placed(lines, order))
  const edited = model.modify(order, lines, () =>
    refusedCharge(order, model.now, total, expectedTotal),
  )
  if (edited.code) return edited
  model.visit(pending ? 'payment superseded by one for other lines' : 'edited and paid in one step')
  return retry(expectedTotal)
}

/** Whether the attempt under way is that of an edit to these lines which was paid for at once. */
const isBegunBy = ({ lines, history }: ModelOrder, wanted: readonly RequestedLine[]): boolean => {
  const text = (some: readonly RequestedLine[]) =>
    JSON.stringify(some.map(({ productId, quantity }) => [productId, quantity]))
  const [edit, retry] = history.slice(-2)
  return (
    edit === 'PAYMENT_FAILED modify PAYMENT_FAILED' &&
    retry === 'PAYMENT_FAILED retryPayment PAYMENT_IN_PROGRESS' &&
    text(lines) === text(wanted)
  )
}
