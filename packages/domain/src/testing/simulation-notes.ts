import type { GatewayNotification } from '../ports/gateway-notification.ts'
import type { Changes, Found, NextCheck } from '../ports/store.ts'
import { isLetGo } from '../rules/duplicate-order.ts'
import type { Order } from '../rules/order.ts'
import type { Payment } from '../rules/payment.ts'
import type { Refund } from '../rules/refund.ts'
import { basketOf } from './order-model-parts.ts'
import { noteSuperseded } from './simulation-fences.ts'
import { type Call, reach, type Task, type World } from './simulation-world.ts'

/** Takes down what a transaction has found and written: for the journal, and for the count of corners. */
export const noteTransaction = (
  world: World,
  task: Task,
  { order: before, record, sameBasket, sameReference, unpaid }: Found,
  { order: after, product }: Changes,
): void => {
  const { key, name } = task
  if (key !== undefined && record) noteKey(world, task, key, record.outcome !== null)
  if (key !== undefined && product) world.journal.effect(key, `change of ${product.sku}`)
  if (name === 'expireOrders' && before) {
    const what = after?.state === 'ORDER_CANCELLED' ? 'order expired' : 'failed order let go'
    reach(world, after ? what : 'expiry met a payment or another worker')
  }
  const wasLetGo = before !== undefined && isLetGo(before)
  if (wasLetGo && after) reach(world, 'order let go came back')
  if (sameBasket && !after && !record) {
    if (wasLetGo) reach(world, 'order let go was replaced, and stays so')
    if (sameBasket.state === 'PAYMENT_DONE') reach(world, 'duplicate of an order just paid refused')
  }
  if (sameReference && !after && !record) reach(world, 'reference met again')
  const { unpaidOrders } = world.settings
  const isFull = unpaidOrders > 0 && unpaid.length >= unpaidOrders
  if (isFull && !after && !record) reach(world, 'too many unpaid orders refused')
  if (!after) return
  if (unpaidOrders > 0 && !isHolding(before) && heldBy(world, after) > unpaidOrders) {
    world.violations.push(`no user holds more unpaid orders than may: broken by ${after.id}`)
  }
  if (hasPaidTwin(world, before, after)) {
    world.violations.push(`I6 what was just paid is not ordered again: broken by ${after.id}`)
  }
  if (before && supersedesItself(before, after)) {
    world.violations.push(`C4 an edit that pays is not superseded by itself: broken by ${after.id}`)
  }
  const rows = after.history.slice(before?.version ?? 0)
  task.wrote.push(...rows.map(({ action }) => action))
  const done = rows.filter(({ action }) => !/^payment(Succeeded|Failed)$/.test(action)) // The rest was learnt.
  if (key !== undefined && done.length > 0) {
    const actions = done.map(({ action }) => action).join(' and ')
    world.journal.effect(key, `${actions}, version ${after.version} of ${after.id}`)
  }
  for (const payment of after.payments) {
    const was = before?.payments.find(({ id }) => id === payment.id)
    if (was && was !== payment) notePayment(world, task, after, was, payment)
  }
}

/** Whether an attempt has made way for another one of the same lines, though an edit to just these had begun it. */
const supersedesItself = (before: Order, after: Order): boolean => {
  const linesOf = ({ lines }: Order) => lines.map((line) => `${line.productId} ${line.quantity}`)
  const endOf = ({ history }: Order) =>
    history
      .slice(-2)
      .map(({ action, actor }) => `${action} by ${actor}`)
      .join(', ')
  return (
    after.version === before.version + 3 &&
    before.state === 'PAYMENT_IN_PROGRESS' &&
    /^modify by (.*), retryPayment by \1$/.test(endOf(before)) &&
    endOf(before) === endOf(after) &&
    linesOf(before).join() === linesOf(after).join()
  )
}

/** Whether an order has become one of a basket that was paid within the window by then, and nobody asked for a duplicate. */
const hasPaidTwin = (world: World, before: Order | undefined, after: Order): boolean => {
  const isNew = !before || basketOf(before.lines) !== basketOf(after.lines)
  if (!isNew || after.allowDuplicate) return false
  const paidAfter = after.updatedAt - world.settings.duplicateWindowMs
  return world.seen.orders.some(
    ({ userId, state, lines, updatedAt }) =>
      state === 'PAYMENT_DONE' &&
      updatedAt > paidAfter &&
      userId === after.userId &&
      basketOf(lines) === basketOf(after.lines),
  )
}

const isHolding = (order: Order | undefined): boolean =>
  order?.state === 'CREATED' || order?.state === 'PAYMENT_IN_PROGRESS'

/** How many orders of its user hold stock unpaid, with this one as it is now; none if it does not. */
const heldBy = ({ seen }: World, after: Order): number =>
  isHolding(after)
    ? seen.orders.filter(
        (each) => each.id !== after.id && each.userId === after.userId && isHolding(each),
      ).length + 1
    : 0

/** A key that was met before: finished, or still waiting for its payment. */
const noteKey = (world: World, task: Task, key: string, isFinished: boolean): void => {
  if (isFinished && task.transactions > 1) {
    reach(world, 'key of a payment finished by somebody else')
  }
  if (!world.journal.hasCrashed(key)) return
  reach(world, isFinished ? 'key replayed after a crash' : 'unfinished key met again after a crash')
}

const notePayment = (world: World, task: Task, order: Order, was: Payment, is: Payment): void => {
  if (was.state === 'PENDING' && is.state !== 'PENDING') {
    world.leases.delete(is.id)
    const isEdit = task.name === 'modifyOrder' || task.name === 'retryPayment'
    const isFenced = task.heard.has('void')
    if (is.state === 'SUCCEEDED' && isFenced) {
      reach(world, isEdit ? 'edit lost against a capture' : 'fence lost')
    }
    if (is.failure?.code === 'acknowledgement_timeout') reach(world, 'fence won')
    if (is.failure?.code === 'superseded' && isEdit) {
      if (isFenced) noteSuperseded(world, was)
      const isPaid = order.state === 'PAYMENT_IN_PROGRESS'
      reach(world, isPaid ? 'payment superseded by one for other lines' : 'edit fenced an attempt')
    }
    if (task.key !== undefined && task.heard.has('lookup')) reach(world, 'read-repair')
  }
  if (!was.refund && is.refund) {
    reach(world, 'late capture owed back')
    if (order.state === 'PAYMENT_DONE') reach(world, 'two attempts captured, one of them owed back')
  }
}

/** Takes down who works on what from now on. */
export const noteLeases = (world: World, task: Task, id: string): void => {
  const holder = world.leases.get(id)
  if (holder) {
    reach(world, `lease taken over from a ${holder.life.alive ? 'slow' : 'dead'} worker`)
  }
  world.leases.set(id, task)
}

/** Takes down that a look at a payment has led to nothing new. */
export const notePostponed = (world: World, { id, overdue }: NextCheck): void => {
  world.leases.delete(id)
  if (overdue) reach(world, 'payment overdue')
}

/** Takes down what became of an attempt to give money back. */
export const noteRefund = (world: World, { paymentId, state, attempts }: Refund): void => {
  world.leases.delete(`refund ${paymentId}`)
  if (state === 'OWED') reach(world, 'refund not confirmed')
  else reach(world, attempts > 0 ? 'late capture refunded, not at once' : 'late capture refunded')
}

/** Takes down a notification that was stored. */
export const noteNotification = (
  world: World,
  { paymentId }: GatewayNotification,
  isNew: boolean,
): void => {
  if (!isNew) reach(world, 'notification repeated')
  const calls = world.lives.flatMap((life) => [...life.calls])
  if (calls.some(({ name, subject }) => name === 'charge' && subject === paymentId)) {
    reach(world, 'notification before the answer')
  }
  if (world.leases.has(paymentId)) reach(world, 'notification while a worker asks')
  const known = world.seen.orders.flatMap(({ payments }) => payments)
  const isForgotten = ({ id, state, nextCheckAt }: Payment) =>
    id === paymentId && state === 'FAILED' && nextCheckAt === null
  if (known.some(isForgotten)) reach(world, 'notification when nobody looked any more')
}

/** Takes down what a message met at the gateway. */
export const noteArrival = (world: World, { name, subject, task }: Call, state: string): void => {
  const message = `${name} ${subject}`
  const isAgain = world.arrived.has(message)
  world.arrived.add(message)
  if (name === 'charge' && isAgain) reach(world, 'charge came twice')
  const isResent = name === 'charge' && task.heard.has('lookup')
  if (isResent && !isAgain) reach(world, 'charge sent again that never arrived')
  if (name === 'charge' && state === 'voided') reach(world, 'charge came after the fence')
  if (name === 'refund' && isAgain) reach(world, 'refund resent')
}
