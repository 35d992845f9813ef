import type { Order } from '../rules/order.ts'
import type { Product } from '../rules/product.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { HOLD_STOCK, sum } from './order-model-parts.ts'
import type { Snapshot } from './snapshot.ts'

type Stock = Snapshot['products'][number]

/** What must hold of each product at every instant. L2 is part of I1: what is final or failed holds nothing. */
export const STOCK_INVARIANTS: Readonly<
  Record<string, (stock: Stock, snapshot: Snapshot) => boolean>
> = {
  'I1 reserved is what CREATED and PAYMENT_IN_PROGRESS orders hold, each by its own movements': (
    { product, movements },
    { orders },
  ) => {
    const moved = new Map<string | null, number>()
    for (const { orderId, reservedDelta } of movements) {
      moved.set(orderId, (moved.get(orderId) ?? 0) + reservedDelta)
    }
    const held = (order: Order) => (HOLD_STOCK.includes(order.state) ? inOrder(order, product) : 0)
    return (
      product.reserved === sum(orders.map(held)) &&
      orders.every((order) => (moved.get(order.id) ?? 0) === held(order))
    )
  },
  'I2 quantity is what was set minus what was paid for, and the sum of the movements': (
    { product, movements },
    { orders },
  ) => {
    const set = movements.filter(({ kind }) => kind === 'set')
    const paid = orders.filter(({ state }) => state === 'PAYMENT_DONE')
    const sold = sum(paid.map((order) => inOrder(order, product)))
    const total = (some: readonly StockMovement[]) => sum(some.map((each) => each.quantityDelta))
    return product.quantity === total(set) - sold && product.quantity === total(movements)
  },
  'I3 0 <= reserved <= quantity': ({ product: { reserved, quantity } }) =>
    0 <= reserved && reserved <= quantity,
}

const inOrder = ({ lines }: Order, { id }: Product): number =>
  sum(lines.filter(({ productId }) => productId === id).map(({ quantity }) => quantity))
