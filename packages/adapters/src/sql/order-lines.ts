import type { Order, OrderLine } from '@holdfast/domain'
import { integer, type Row, type Statement, text } from './statement.ts'

/** The lines of some orders, as they were asked for; `orders` is a sub-select of order ids. */
export const linesOfOrders = (orders: Statement): Statement => ({
  sql: `select * from order_lines where order_id in (${orders.sql}) order by order_id, position`,
  params: orders.params,
})

/** Every line of an order. */
export const insertLines = ({ id, lines }: Order): readonly Statement[] =>
  lines.map((line, position) => ({
    sql: `insert into order_lines (order_id, position, product_id, sku, name, quantity, unit_price_minor)
      values (?, ?, ?, ?, ?, ?, ?)`,
    params: [
      id,
      position,
      line.productId,
      line.sku,
      line.name,
      line.quantity,
      line.unitPrice.amountMinor,
    ],
  }))

/** Makes room for other lines. */
export const deleteLines = ({ id }: Order): Statement => ({
  sql: 'delete from order_lines where order_id = ?',
  params: [id],
})

/** A line out of its row. It is in its order's currency. */
export const toOrderLine = (row: Row, currency: string): OrderLine => {
  const quantity = integer(row, 'quantity')
  const price = integer(row, 'unit_price_minor')
  return {
    productId: text(row, 'product_id'),
    sku: text(row, 'sku'),
    name: text(row, 'name'),
    quantity,
    unitPrice: { amountMinor: price, currency },
    lineTotal: { amountMinor: price * quantity, currency },
  }
}
