import type { Run } from '../sql/driver.ts'
import { type Row, text } from '../sql/statement.ts'

/** An order as it is stored, with all that belongs to it, oldest first. `row` is missing where only the rest is there. */
export type StoredOrder = Readonly<{
  id: string
  row: Row | undefined
  lines: readonly Row[]
  history: readonly Row[]
  payments: readonly StoredPayment[]
}>

/** A payment's row with those of its refunds. */
export type StoredPayment = Readonly<{ id: string; row: Row; refunds: readonly Row[] }>

/** How many orders are read at a time. More make it no faster, and leave more behind for the garbage collector. */
export const PAGE_SIZE = 250

/**
 * Every order, page by page, by id. What belongs to an order is read by the range of ids, not by the ids of the orders
 * that are there, so that what belongs to none comes up as well.
 */
export async function* orderPages(
  run: Run,
  pageSize: number,
): AsyncGenerator<readonly StoredOrder[]> {
  for (let after = ''; ; ) {
    const orders = await run('select * from orders where id > ? order by id limit ?', [
      after,
      pageSize,
    ])
    const isLast = orders.length < pageSize
    const upTo = isLast ? undefined : text(orders[orders.length - 1] ?? {}, 'id')
    const inRange = (sql: string) =>
      run(
        sql.replace('IN RANGE', `order_id > ?${isLast ? '' : ' and order_id <= ?'}`),
        upTo === undefined ? [after] : [after, upTo],
      )
    yield assemble(orders, {
      lines: await inRange('select * from order_lines where IN RANGE order by order_id, position'),
      history: await inRange('select * from order_history where IN RANGE order by order_id, seq'),
      payments: await inRange('select * from payments where IN RANGE order by order_id, attempt'),
      refunds: await inRange(
        `select refunds.* from refunds join payments on payments.id = refunds.payment_id where IN RANGE`,
      ),
    })
    if (upTo === undefined) return
    after = upTo
  }
}

type Parts = Readonly<Record<'lines' | 'history' | 'payments' | 'refunds', readonly Row[]>>

const assemble = (orders: readonly Row[], parts: Parts): readonly StoredOrder[] => {
  const rows = new Map(orders.map((row) => [text(row, 'id'), row]))
  const linesOf = by(parts.lines, 'order_id')
  const historyOf = by(parts.history, 'order_id')
  const paymentsOf = by(parts.payments, 'order_id')
  const refundsOf = by(parts.refunds, 'payment_id')
  const ids = [rows, linesOf, historyOf, paymentsOf].flatMap((some) => [...some.keys()])
  return [...new Set(ids)].map((id) => ({
    id,
    row: rows.get(id),
    lines: linesOf.get(id) ?? [],
    history: historyOf.get(id) ?? [],
    payments: (paymentsOf.get(id) ?? []).map((row) => {
      const paymentId = text(row, 'id')
      return { id: paymentId, row, refunds: refundsOf.get(paymentId) ?? [] }
    }),
  }))
}

const by = (rows: readonly Row[], column: string): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(rows, (row) => text(row, column))
