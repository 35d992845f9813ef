import { ResultAsync } from 'neverthrow'
import type { Page } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Caller, Ports } from './request.ts'

/** A page of orders to look at. */
export type ListOrders = Page & Readonly<{ by: Caller }>

/** The caller's own orders, newest first; everybody's for a caller without a user. */
export const listOrders =
  ({ store }: Pick<Ports, 'store'>) =>
  ({ by, ...page }: ListOrders): ResultAsync<Listed<Order>, never> =>
    ResultAsync.fromSafePromise(
      listPage(page, (wider) => store.listOrders({ ...wider, userId: by.userId })),
    )
