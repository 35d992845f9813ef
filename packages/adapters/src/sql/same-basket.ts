import {
  type BasketRef,
  basketFingerprint,
  type Found,
  isOpen,
  OPEN_STATES,
  type Order,
  type Wanted,
} from '@holdfast/domain'
import type { Statement } from './statement.ts'

const OPEN = `state in (${OPEN_STATES.map((state) => `'${state}'`).join(', ')}) and let_go_version <> version`

/** A parameter, or what the order that another one names has in a column. */
const givenOr = (column: string) => `coalesce(?, (select ${column} from orders where id = ?))`

/**
 * A sub-select of the id of an order of a basket that is open, or else was paid last, if that was later than `paidAfter`;
 * other than `except`, whose user and basket they are where none is given. All of it is seen at one moment, so an order that
 * is just being paid is found as one or the other. It must not cost more the more orders a user has. The range of one basket
 * and the order of the index `orders_open_of_basket`, whose condition this is, leave no other way: for a plain `limit 1`
 * PostgreSQL may read the table from its beginning, and for the least id the index of ids.
 */
export const sameBasketIdOf = (
  { fingerprint, userId, paidAfter }: BasketRef,
  except: string | undefined,
): Statement => {
  const user = [userId ?? null, except ?? null]
  const basket = [fingerprint ?? null, except ?? null]
  const open = {
    sql: `select id from orders where user_id = ${givenOr('user_id')}
      and basket between ${givenOr('basket')} and ${givenOr('basket')} and id <> ? and ${OPEN}
    order by basket, id limit 1`,
    params: [...user, ...basket, ...basket, except ?? ''],
  }
  if (paidAfter === undefined) return open
  return {
    sql: `select coalesce((${open.sql}), (${paidOf(givenOr('user_id'), givenOr('basket'))})) as id`,
    params: [...open.params, ...user, ...basket, paidAfter, except ?? ''],
  }
}

const paidOf = (user: string, basket: string) =>
  `select id from orders where user_id = ${user} and basket = ${basket} and state = 'PAYMENT_DONE'
      and updated_at > ? and id <> ?
    order by updated_at desc limit 1`

/** Fails if another order of the basket was paid later than `paidAfter`. After the write it sees what came in between. */
const noneJustPaid = ({ id, userId, lines }: Order, paidAfter: number): Statement => ({
  sql: paidOf('?', '?'),
  params: [userId, basketFingerprint(lines), paidAfter, id],
  mustFindNothing: true,
})

/**
 * An order of the same basket that was placed and paid after the reads breaks no index: it is looked for behind the write,
 * where either it is seen or it meets the index itself.
 */
export const noTwinPaid = (
  { basket }: Wanted,
  found: Found,
  order: Order,
): readonly Statement[] => {
  if (basket?.paidAfter === undefined || found.sameBasket || !isOpen(order)) return []
  const wanted = basket.fingerprint ?? (found.order && basketFingerprint(found.order.lines))
  return wanted === basketFingerprint(order.lines) ? [noneJustPaid(order, basket.paidAfter)] : []
}
