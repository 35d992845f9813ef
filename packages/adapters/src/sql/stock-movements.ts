import type { StockMovement, StockMovementKind } from '@holdfast/domain'
import { v7 } from 'uuid'
import { integer, type Row, type Statement, text, textOrNull } from './statement.ts'

/**
 * Applies movements and logs them. Each is one conditional update, which no concurrent order can slip past; products are
 * taken in the order of their ids, so that two baskets never wait for each other.
 */
export const applyMovements = (movements: readonly StockMovement[]): readonly Statement[] =>
  movements
    .toSorted((a, b) => (a.productId < b.productId ? -1 : 1))
    .flatMap((movement) => [moveStock(movement), insertMovement(movement)])

const moveStock = ({ productId, quantityDelta, reservedDelta }: StockMovement): Statement => ({
  sql: `update products set quantity = quantity + ?, reserved = reserved + ?
    where id = ? and reserved + ? >= 0 and reserved + ? <= quantity + ?`,
  params: [quantityDelta, reservedDelta, productId, reservedDelta, reservedDelta, quantityDelta],
  mustAffect: 1,
})

const insertMovement = (movement: StockMovement): Statement => ({
  sql: `insert into stock_movements (id, product_id, kind, quantity_delta, reserved_delta, order_id, actor, at)
    values (?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    `mov_${v7().replaceAll('-', '')}`,
    movement.productId,
    movement.kind,
    movement.quantityDelta,
    movement.reservedDelta,
    movement.orderId,
    movement.actor,
    movement.at,
  ],
})

/** A product's movements, oldest first. */
export const movementsOf = (productId: string): Statement => ({
  sql: 'select * from stock_movements where product_id = ? order by id',
  params: [productId],
})

/** A movement out of its row. */
export const toMovement = (row: Row): StockMovement => ({
  productId: text(row, 'product_id'),
  kind: text(row, 'kind') as StockMovementKind,
  quantityDelta: integer(row, 'quantity_delta'),
  reservedDelta: integer(row, 'reserved_delta'),
  orderId: textOrNull(row, 'order_id'),
  actor: text(row, 'actor'),
  at: integer(row, 'at'),
})
