import { setImmediate } from 'node:timers/promises'
import { orderBody, productBody } from '../src/responses.ts'
import type { TestService } from './support.ts'

export { startOneService } from './support.ts'

/** A clock that moves only when a test says so. */
export const handClock = (start = Date.UTC(2026, 0, 15, 12)) => {
  let now = start
  return {
    now: () => now,
    forward: (ms: number) => {
      now += ms
    },
  }
}

/** Asks about every payment until none is due: the service's own reconciler may have one of them at the moment. */
export const reconcileAll = async (
  { service: { useCases } }: Pick<TestService, 'service'>,
  clock: Readonly<{ now: () => number }>,
): Promise<void> => {
  for (;;) {
    await useCases.reconcilePayments({ all: true })
    const orders = await useCases.listOrders({ by: { operator: 'test' }, limit: 1000 })
    const isDue = orders
      ._unsafeUnwrap()
      .items.flatMap(({ payments }) => payments)
      .some(({ nextCheckAt }) => nextCheckAt !== null && nextCheckAt <= clock.now())
    if (!isDue) return
    await setImmediate()
  }
}

/** All that can be seen of what is stored: everybody's orders in full, every product, every movement of stock. */
export const stored = async ({ service: { useCases } }: TestService) => {
  const orders = (
    await useCases.listOrders({ by: { operator: 'test' }, limit: 1000 })
  )._unsafeUnwrap()
  const products = (await useCases.listProducts({ limit: 1000 }))._unsafeUnwrap()
  const movements = await Promise.all(products.items.map(({ id }) => useCases.listMovements(id)))
  return {
    orders: orders.items.map(orderBody),
    products: products.items.map(productBody),
    movements: movements.map((listed) => listed._unsafeUnwrap()),
  }
}
