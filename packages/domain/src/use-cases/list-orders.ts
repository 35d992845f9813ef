import { ResultAsync } from 'neverthrow'
import type { OrderPage } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Caller, Ports } from './request.ts'

/** A page of orders to look at: all that the caller may see, or those of a user, or in one state. */
export type ListOrders = OrderPage & Readonly<{ by: Caller }>

/** The caller's own orders, newest first; everybody's, or those of `userId`, for a caller without a user. */
export const listOrders =
  ({ store }: Pick<Ports, 'store'>) =>
  ({ by, userId, state, ...page }: ListOrders): ResultAsync<Listed<Order>, never> =>
    ResultAsync.fromSafePromise(
      listPage(page, (wider) => store.listOrders({ ...wider, state, userId: by.userId ?? userId })),
    )
