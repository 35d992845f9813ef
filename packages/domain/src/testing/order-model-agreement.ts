import { strict as assert } from 'node:assert'
import type { OrderModel } from './order-model.ts'
import type { ModelOrder } from './order-model-parts.ts'
import { viewOf } from './order-model-world.ts'
import type { Snapshot } from './snapshot.ts'

/** Fails unless the system is as the model says. */
export const checkAgreement = (snapshot: Snapshot, model: OrderModel): void => {
  const orders = snapshot.orders.toReversed().map(viewOf) // A list begins with the newest.
  learnNextChecks(orders, model)
  assert.deepEqual(orders, model.orders)
  for (const { product } of snapshot.products) {
    const actual = [product.quantity, product.reserved, product.price.amountMinor]
    const { quantity, price } = model.stock.product(product.id)
    assert.deepEqual(actual, [quantity, model.stock.reserved(product.id), price], product.sku)
  }
}

/** Past the deadline the specification says only that the gaps grow up to an hour: the store says when exactly. */
const learnNextChecks = (orders: readonly ModelOrder[], model: OrderModel): void => {
  const actual = new Map(orders.flatMap(({ payments }) => payments).map((each) => [each.id, each]))
  for (const payment of model.orders.flatMap(({ payments }) => payments)) {
    if (!Number.isNaN(payment.nextCheckAt)) continue
    const at = actual.get(payment.id)?.nextCheckAt ?? 0
    const isSoon = Number.isInteger(at) && at > model.now && at <= model.now + 3_600_000
    assert.ok(isSoon, `The next check of ${payment.id} is at ${at}, now it is ${model.now}.`)
    payment.nextCheckAt = at
  }
}
