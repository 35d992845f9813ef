import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import { move } from '../rules/order-lifecycle.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, aProduct, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

/** What a store refuses even if a rule overlooks it. */
export const storeConstraintsContract: readonly ContractCase<Store>[] = [
  {
    name: 'refuses to reserve more than there is, to free more than is held, and to take away what is held',
    check: async (store) => {
      await stocked(store, { mug: 2 })
      await placed(store, anOrder('ord_1', { mug: 1 }))
      const movement = { productId: 'prod_mug', orderId: 'ord_1', ...system }
      const attempts = [
        { ...movement, kind: 'reserve', quantityDelta: 0, reservedDelta: 2 },
        { ...movement, kind: 'release', quantityDelta: 0, reservedDelta: -2 },
        { ...movement, kind: 'deduct', quantityDelta: -2, reservedDelta: -2 },
        { ...movement, kind: 'set', orderId: null, quantityDelta: -2, reservedDelta: 0 },
      ] as const
      for (const attempt of attempts) {
        const changes = { movements: [attempt] }
        await assert.rejects(
          store.transaction({}, () => ({ value: undefined, changes })),
          Error,
          attempt.kind,
        )
      }
      const mug = await store.findProduct({ sku: 'mug' })
      assert.deepEqual([mug?.quantity, mug?.reserved], [2, 1])
    },
  },
  {
    name: 'refuses a second open order of one basket, even if the decision overlooks it',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      await placed(store, anOrder('ord_1'))
      await assert.rejects(placed(store, anOrder('ord_2')))
      await placed(store, anOrder('ord_3', { mug: 1 }, { userId: 'bob' }))
      await placed(store, anOrder('ord_4', { mug: 1 }, { allowDuplicate: true }))
      await placed(store, anOrder('ord_5', { mug: 2 }))
    },
  },
  {
    name: 'allows an identical basket once the earlier order is closed',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const first = await placed(store, anOrder('ord_1'))
      await saved(store, move(first, 'cancel', system))
      await placed(store, anOrder('ord_2'))
      assert.equal((await store.findOrder({ orderId: 'ord_2' }))?.state, 'CREATED')
    },
  },
  {
    name: 'refuses a second pending payment and a second success of one order',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const first = await saved(store, paying(await placed(store, anOrder('ord_1')), 'pay_1'))
      const [payment] = first.payments
      assert.ok(payment)
      const second = { ...payment, id: 'pay_2', attempt: 2 }
      await assert.rejects(saved(store, { ...first, payments: [payment, second] }))

      const paid = conclude(first, 'pay_1', { state: 'captured' }, system).order
      await saved(store, paid)
      const twice = { ...second, state: 'SUCCEEDED' } as const
      await assert.rejects(saved(store, { ...paid, payments: [...paid.payments, twice] }))
    },
  },
  {
    name: 'refuses an order that was not read before, and a step that is not in the lifecycle',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const order = await placed(store, anOrder('ord_1'))
      const cancelled = move(order, 'cancel', system)
      const unread = store.transaction({}, () => ({ value: 0, changes: { order: cancelled } }))
      await assert.rejects(unread)
      const history = [
        ...order.history,
        { ...cancelled.history[1], to: 'PAYMENT_DONE', action: 'paymentSucceeded' },
      ] as typeof cancelled.history
      await assert.rejects(saved(store, { ...cancelled, state: 'PAYMENT_DONE', history }))
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), order)
    },
  },
  {
    name: 'keeps the limit and the version of a product and the edit that made it, whatever happens to its stock',
    check: async (store) => {
      await stocked(store, { mug: 1 })
      const first = aProduct('mug', { quantity: 1 })
      assert.deepEqual(await store.findProduct({ id: 'prod_mug' }), first)
      const edit = { version: 2, lastEdit: '0'.repeat(64) }
      const second = { ...first, name: 'Two', maxPerOrder: 5, ...edit }
      await store.transaction({ changedProductId: 'prod_mug' }, () => ({
        value: undefined,
        changes: { product: second },
      }))
      await placed(store, anOrder('ord_1', { mug: 1 }))
      assert.deepEqual(await store.findProduct({ id: 'prod_mug' }), { ...second, reserved: 1 })
    },
  },
  {
    name: 'refuses two products of one code',
    check: async (store) => {
      await stocked(store, { mug: 1 })
      const product = aProduct('mug', { id: 'prod_other' })
      await assert.rejects(store.transaction({}, () => ({ value: 0, changes: { product } })))
    },
  },
]
