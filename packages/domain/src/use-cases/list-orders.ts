import { ResultAsync } from 'neverthrow'
import type { Page } from '../ports/store.ts'
import { type Caller, isCaller, userOf } from '../rules/caller.ts'
import type { Order } from '../rules/order.ts'
import { checked, paged } from './checked.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'

/** A page of orders to look at. */
export type ListOrders = Page & Readonly<{ by: Caller }>

/** The user's own orders, newest first; everybody's for an operator who acts on behalf of nobody. */
export const listOrders = ({ store }: Pick<Ports, 'store'>) =>
  checked(
    { by: isCaller, ...paged },
    ({ by, ...page }: ListOrders): ResultAsync<Listed<Order>, never> =>
      ResultAsync.fromSafePromise(
        listPage(page, (wider) => store.listOrders({ ...wider, userId: userOf(by) })),
      ),
  )
