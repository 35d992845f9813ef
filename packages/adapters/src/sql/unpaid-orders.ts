import { HOLDS_STOCK, type UnpaidRef } from '@holdfast/domain'
import type { Dialect } from './dialects.ts'
import type { Statement } from './statement.ts'

/** A user, or the one of an order. */
const USER = 'coalesce(?, (select user_id from orders where id = ?))'

/**
 * Makes transactions that want the unpaid orders of one user come one after the other. It comes before every lock of a row,
 * in all of them: who has it waits for nobody who waits for it.
 */
export const oneAtATime = (
  { userId }: UnpaidRef,
  orderId: string | undefined,
  { lockOfUser }: Dialect,
): readonly Statement[] =>
  lockOfUser ? [{ sql: lockOfUser(USER), params: [userId ?? null, orderId ?? null] }] : []

/** The ids of a user's orders that hold stock unpaid, in the order of `orders_unpaid_of_user`, without that of `except`. */
export const unpaidIdsOf = (
  { userId, atMost }: UnpaidRef,
  except: string | undefined,
): Statement => ({
  sql: `select id from orders where user_id = ${USER} and id <> ?
      and state in (${HOLDS_STOCK.map((state) => `'${state}'`).join(', ')})
    order by created_at, id limit ?`,
  params: [userId ?? null, except ?? null, except ?? '', atMost],
})
