import test, { type ExecutionContext } from 'ava'
import { admin, ann, brokenInvariants, openShop, order, type Shop, sell } from './shop.ts'
import type { CommitFault } from './tcp-proxy.ts'

/** Writes without an idempotency key, of which a second effect would show. */
const writes: Record<string, (t: ExecutionContext, shop: Shop, fail: () => void) => Promise<void>> =
  {
    updateProduct: async (t, shop, fail) => {
      const productId = await sell(shop, 10)
      fail()
      const changed = await shop.useCases.updateProduct({ by: admin, productId, quantityDelta: 5 })
      t.is(changed._unsafeUnwrap().quantity, 15)
      t.is((await shop.store.findProduct({ id: productId }))?.quantity, 15)
      t.deepEqual(
        (await shop.store.listMovements(productId)).map((movement) => movement.quantityDelta),
        [10, 5],
      )
    },
    createOrder: async (t, shop, fail) => {
      const productId = await sell(shop, 10)
      fail()
      const { id, state } = (await order(shop, productId))._unsafeUnwrap()
      t.is(state, 'CREATED')
      t.deepEqual(
        (await shop.store.listOrders({ limit: 10 })).map((each) => each.id),
        [id],
      )
      t.is((await shop.store.findProduct({ id: productId }))?.reserved, 1)
    },
    payOrder: async (t, shop, fail) => {
      const productId = await sell(shop, 10)
      const { id } = (await order(shop, productId))._unsafeUnwrap()
      fail()
      const paid = await shop.useCases.payOrder({ by: ann, orderId: id })
      t.is(paid._unsafeUnwrap().payment.state, 'SUCCEEDED')
      const stored = await shop.store.findOrder({ orderId: id })
      t.is(stored?.state, 'PAYMENT_DONE')
      t.is(stored?.payments.length, 1)
      t.is((await shop.store.findProduct({ id: productId }))?.quantity, 9)
    },
    'the end of payOrder': async (t, shop, fail) => {
      const productId = await sell(shop, 10)
      const { id } = (await order(shop, productId))._unsafeUnwrap()
      // The second COMMIT of a payment writes down what the gateway said.
      shop.link.failNextCommit('lose its answer', () => setImmediate(fail))
      const paid = await shop.useCases.payOrder({ by: ann, orderId: id })
      t.is(paid._unsafeUnwrap().payment.state, 'SUCCEEDED')
      t.is((await shop.store.findProduct({ id: productId }))?.quantity, 9)
    },
  }

const titles: Partial<Record<CommitFault, string>> = {
  'lose its answer': 'whose COMMIT was answered into the void is found out, and has one effect',
  'lose the COMMIT': 'whose COMMIT never arrived is run again, and has one effect',
}

for (const [fault, title] of Object.entries(titles) as [CommitFault, string][]) {
  for (const [name, write] of Object.entries(writes)) {
    test(`a transaction of ${name} ${title}`, async (t) => {
      const shop = await openShop(t)
      const before = shop.link.lostCommits()
      await write(t, shop, () => shop.link.failNextCommit(fault))
      t.is(shop.link.lostCommits() - before, name === 'the end of payOrder' ? 2 : 1)
      t.deepEqual(await brokenInvariants(shop), [])
    })
  }
}
