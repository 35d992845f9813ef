import type { Wanted } from '../ports/store.ts'
import { type BasketRef, basketFingerprint } from '../rules/duplicate-order.ts'
import { checkLines, type RequestedLine } from '../rules/order.ts'

/**
 * What must be read to judge lines, and whether an order of them is there already. Nothing where they are faulty by themselves:
 * those are refused unseen, however many products they name.
 */
export const wantedForLines = (
  lines: readonly RequestedLine[],
  basket: Omit<BasketRef, 'fingerprint'>,
): Pick<Wanted, 'productIds' | 'basket'> | undefined =>
  checkLines(lines)
    ? undefined
    : {
        productIds: lines.map(({ productId }) => productId),
        basket: { ...basket, fingerprint: basketFingerprint(lines) },
      }
