import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import { refuseInsideTransaction } from '../ports/transaction-guard.ts'
import { conclude } from '../rules/payment-policy.ts'
import { available } from '../rules/product.ts'
import { reserve, setStock } from '../rules/reservation.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, basketOf, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }

/** What a transaction reads and writes, alone and beside others. */
export const storeTransactionsContract: readonly ContractCase<Store>[] = [
  {
    name: 'gives back whole what a transaction wrote',
    check: async (store) => {
      await stocked(store, { mug: 5, cup: 5 })
      const order = await placed(store, anOrder('ord_1', { mug: 2, cup: 1 }))
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), order)
      const later = await saved(store, paying(order, 'pay_1'))
      assert.deepEqual(await store.findOrder({ paymentId: 'pay_1' }), later)
      const { order: paid } = conclude(later, 'pay_1', { state: 'captured' }, system)
      await saved(store, paid)
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), paid)
    },
  },
  {
    name: 'shows a transaction all that it wants and nothing else',
    check: async (store) => {
      await stocked(store, { mug: 5, cup: 5 })
      const order = await placed(store, anOrder('ord_1'))
      const wanted = {
        order: { orderId: 'ord_1' },
        productIds: ['prod_cup', 'prod_none'],
        sku: 'cup',
      }
      const found = await store.transaction(wanted, (value) => ({ value }))
      assert.deepEqual(found.order, order)
      assert.deepEqual([...found.products.keys()].sort(), ['prod_cup', 'prod_mug'])
      assert.equal(found.products.get('prod_mug')?.reserved, 1)
      assert.equal(found.productBySku?.id, 'prod_cup')
      assert.equal(found.sameBasket, undefined)
      assert.equal(found.record, undefined)
      const nothing = await store.transaction({}, (value) => ({ value }))
      assert.equal(nothing.products.size, 0)
    },
  },
  {
    name: 'writes nothing of a transaction whose decision throws',
    check: async (store) => {
      const failing = store.transaction({}, () => {
        throw new Error('a bug')
      })
      await assert.rejects(failing, /a bug/)
      await stocked(store, { mug: 1 })
      assert.equal((await store.findProduct({ sku: 'mug' }))?.quantity, 1)
    },
  },
  {
    name: 'writes nothing of a transaction that one of its changes spoils',
    check: async (store) => {
      await stocked(store, { mug: 1 })
      const tooMany = anOrder('ord_1', { mug: 2 })
      await assert.rejects(placed(store, tooMany))
      assert.equal(await store.findOrder({ orderId: 'ord_1' }), undefined)
      assert.equal((await store.findProduct({ sku: 'mug' }))?.reserved, 0)
      assert.equal((await store.listMovements('prod_mug')).length, 1)
    },
  },
  {
    name: 'gives the last item to exactly one of two racing reservations',
    check: async (store) => {
      await stocked(store, { mug: 1 })
      const reserveOne = (id: string) =>
        store.transaction({ productIds: ['prod_mug'] }, ({ products }) => {
          const mug = products.get('prod_mug')
          if (!mug || available(mug) < 1) return { value: false }
          const order = anOrder(id, { mug: 1 }, { allowDuplicate: true })
          return { value: true, changes: { order, movements: reserve(order, system) } }
        })
      const won = await Promise.all([reserveOne('ord_1'), reserveOne('ord_2')])
      assert.equal(won.filter(Boolean).length, 1)
      assert.equal((await store.findProduct({ sku: 'mug' }))?.reserved, 1)
    },
  },
  {
    name: 'loses none of many concurrent changes of one product',
    check: async (store) => {
      await stocked(store, { mug: 0 })
      const addOne = () =>
        store.transaction({}, () => ({
          value: undefined,
          changes: { movements: [setStock('prod_mug', 1, system)] },
        }))
      await Promise.all(Array.from({ length: 50 }, addOne))
      assert.equal((await store.findProduct({ sku: 'mug' }))?.quantity, 50)
      assert.equal((await store.listMovements('prod_mug')).length, 51)
    },
  },
  {
    name: 'finds an open order of the same basket, of the same user, other than the order itself',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      await placed(store, anOrder('ord_1', { mug: 1 }))
      await placed(store, anOrder('ord_2', { mug: 2 }))
      const twinOf = (order: string | undefined, quantity: number, userId?: string) =>
        store.transaction(
          {
            ...(order && { order: { orderId: order } }),
            basket: { fingerprint: basketOf({ mug: quantity }), userId },
          },
          ({ sameBasket }) => ({ value: sameBasket?.id }),
        )
      assert.equal(await twinOf(undefined, 1, 'ann'), 'ord_1')
      assert.equal(await twinOf(undefined, 1, 'bob'), undefined)
      assert.equal(await twinOf('ord_1', 1), undefined)
      assert.equal(await twinOf('ord_1', 2), 'ord_2')
    },
  },
  {
    name: 'shows another user neither an order nor its payments',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      await saved(store, paying(await placed(store, anOrder('ord_1')), 'pay_1'))
      for (const ref of [{ orderId: 'ord_1' }, { paymentId: 'pay_1' }]) {
        assert.equal(await store.findOrder({ ...ref, userId: 'bob' }), undefined)
        assert.equal((await store.findOrder({ ...ref, userId: 'ann' }))?.id, 'ord_1')
        const wanted = { order: { ...ref, userId: 'bob' } }
        const found = await store.transaction(wanted, (value) => ({ value }))
        assert.deepEqual([found.order, found.products.size], [undefined, 0])
      }
    },
  },
  {
    name: 'lets nobody call the gateway inside a transaction',
    check: async (store) => {
      const calling = store.transaction({}, () => {
        refuseInsideTransaction()
        return { value: undefined }
      })
      await assert.rejects(calling, /inside a store transaction/)
      refuseInsideTransaction()
    },
  },
]
