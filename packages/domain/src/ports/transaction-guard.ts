let deciding = 0

/**
 * Stores run a transaction's decision through this. A decision is synchronous, so a counter is enough to know that the
 * code on the stack is inside one.
 */
export const whileDeciding = <T>(decide: () => T): T => {
  deciding += 1
  try {
    return decide()
  } finally {
    deciding -= 1
  }
}

/** Gateways call this first: a charge must never depend on a transaction that can still be rolled back. */
export const refuseInsideTransaction = (): void => {
  if (deciding > 0) throw new Error('The payment gateway was called inside a store transaction.')
}
