import type { FieldError } from './invalid-request.ts'
import type { RequestedLine } from './order.ts'
import type { Product } from './product.ts'

/** A line asks for more of a product than one order may have. */
export type QuantityLimitExceeded = Readonly<{
  code: 'quantity_limit_exceeded'
  detail: string
  errors: readonly FieldError[]
}>

/** The refusal that names every line which asks for more than its product's `maxPerOrder`, or nothing where none does. */
export const checkQuantityLimits = (
  requested: readonly RequestedLine[],
  products: ReadonlyMap<string, Product>,
): QuantityLimitExceeded | undefined => {
  const errors = requested.flatMap(({ productId, quantity }, index) => {
    const { sku, maxPerOrder } = products.get(productId) ?? { maxPerOrder: null }
    return maxPerOrder === null || quantity <= maxPerOrder
      ? []
      : [
          {
            pointer: `/lines/${index}/quantity`,
            detail: `must be at most ${maxPerOrder}: an order may have no more of ${sku}.`,
          },
        ]
  })
  return errors.length > 0
    ? {
        code: 'quantity_limit_exceeded',
        detail: 'A line asks for more of a product than one order may have.',
        errors,
      }
    : undefined
}
