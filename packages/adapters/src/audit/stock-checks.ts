import type { SqlCheck } from './sql-check.ts'

/** What orders in these states have of each product. */
const inOrders = (states: string): string =>
  `(select product_id, cast(sum(quantity) as bigint) as quantity
    from order_lines join orders on orders.id = order_lines.order_id
    where orders.state in (${states}) group by product_id) in_orders on in_orders.product_id = products.id`

/** What the movements of each product come to. */
const moved = `(select product_id,
    cast(sum(reserved_delta) as bigint) as reserved,
    cast(sum(quantity_delta) as bigint) as quantity,
    cast(sum(case when kind = 'set' then quantity_delta else 0 end) as bigint) as was_set
  from stock_movements group by product_id) moved on moved.product_id = products.id`

const HOLDING = `'CREATED', 'PAYMENT_IN_PROGRESS'`

/** What must hold of stock. The database adds up, so that nothing of it has to be kept here. */
export const stockChecks: readonly SqlCheck[] = [
  {
    id: 'I1',
    sql: `select id, sku, reserved, held_by_orders, by_movements from (
        select products.id, sku, products.reserved, coalesce(in_orders.quantity, 0) as held_by_orders,
          coalesce(moved.reserved, 0) as by_movements
        from products left join ${inOrders(HOLDING)} left join ${moved}
      ) as stock where reserved <> held_by_orders or reserved <> by_movements`,
    params: [],
  },
  {
    id: 'I2',
    sql: `select id, sku, quantity, was_set, sold, by_movements from (
        select products.id, sku, products.quantity, coalesce(moved.was_set, 0) as was_set,
          coalesce(in_orders.quantity, 0) as sold, coalesce(moved.quantity, 0) as by_movements
        from products left join ${inOrders(`'PAYMENT_DONE'`)} left join ${moved}
      ) as stock where quantity <> was_set - sold or quantity <> by_movements`,
    params: [],
  },
  {
    id: 'I3',
    sql: 'select id, sku, quantity, reserved from products where reserved < 0 or reserved > quantity',
    params: [],
  },
  {
    // Each order by its own movements, so that two errors that cancel each other out are seen.
    id: 'L2',
    sql: `select order_id || ' ' || product_id as id, cast(sum(held) as bigint) as holds_too_many from (
        select order_id, product_id, reserved_delta as held from stock_movements where order_id is not null
        union all
        select order_id, product_id, -quantity from order_lines
          join orders on orders.id = order_lines.order_id where orders.state in (${HOLDING})
      ) as holdings group by order_id, product_id having sum(held) <> 0`,
    params: [],
  },
]
