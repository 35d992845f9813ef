import { ResultAsync } from 'neverthrow'
import type { OrderPage } from '../ports/pages.ts'
import { type Caller, isCaller, userOf } from '../rules/caller.ts'
import { aClientReference } from '../rules/client-reference.ts'
import type { Order } from '../rules/order.ts'
import { lifecycle } from '../rules/order-lifecycle.ts'
import { oneOf, optional, text } from '../rules/request-shape.ts'
import { checked, paged } from './checked.ts'
import { type Listed, listPage } from './list-page.ts'
import type { Ports } from './request.ts'
import { untilWhen } from './until-when.ts'

/** A page of orders to look at: all that the caller may see, or those of a user, in one state, or with one reference. */
export type ListOrders = OrderPage & Readonly<{ by: Caller }>

const shape = {
  ...{ by: isCaller, ...paged },
  userId: optional(text()),
  state: optional(oneOf(Object.keys(lifecycle))),
  clientReference: optional(aClientReference),
}

/** The user's own orders, newest first; everybody's, or those of `userId`, for an operator who acts on behalf of nobody. */
export const listOrders = ({ store, settings }: Pick<Ports, 'store' | 'settings'>) =>
  checked(
    shape,
    ({
      by,
      userId,
      state,
      clientReference,
      ...page
    }: ListOrders): ResultAsync<Listed<Order>, never> =>
      ResultAsync.fromSafePromise(
        listPage(page, async (wider) => {
          const wanted = { ...wider, state, clientReference, userId: userOf(by) ?? userId }
          const orders = await store.listOrders(wanted)
          return orders.map((order) => untilWhen(order, settings.orderTtlMs))
        }),
      ),
  )
