import { err, ok, ResultAsync } from 'neverthrow'
import { type Caller, isCaller, userOf } from '../rules/caller.ts'
import type { Order, OrderNotFound } from '../rules/order.ts'
import { anId } from '../rules/request-shape.ts'
import { checked } from './checked.ts'
import type { Ports } from './request.ts'
import { untilWhen } from './until-when.ts'

/** An order to look at. */
export type GetOrder = Readonly<{ by: Caller; orderId: string }>

/** An order with its history and payments, if it is the caller's. */
export const getOrder = ({ store, settings }: Pick<Ports, 'store' | 'settings'>) =>
  checked(
    { by: isCaller, orderId: anId },
    ({ by, orderId }: GetOrder): ResultAsync<Order, OrderNotFound> =>
      new ResultAsync(
        store
          .findOrder({ orderId, userId: userOf(by) })
          .then((order) =>
            order ? ok(untilWhen(order, settings.orderTtlMs)) : err(orderNotFound(orderId)),
          ),
      ),
  )

/** The same answer whether the order does not exist or is somebody else's. */
export const orderNotFound = (orderId: string): OrderNotFound => ({
  code: 'order_not_found',
  detail: `No order of yours has the id ${orderId}.`,
})
