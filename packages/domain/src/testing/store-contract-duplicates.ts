import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import type { Order } from '../rules/order.ts'
import { move, recordEdit } from '../rules/order-lifecycle.ts'
import { conclude } from '../rules/payment-policy.ts'
import type { ContractCase } from './contract.ts'
import { anOrder, basketOf, NOON, paying, placed, saved, stocked } from './examples.ts'

const system = { actor: 'system', at: NOON }
const basket = { userId: 'ann', fingerprint: basketOf({ mug: 1 }) }

const twinOf = (store: Store, paidAfter?: number, orderId?: string) =>
  store.transaction(
    {
      basket: orderId ? { paidAfter } : { ...basket, paidAfter },
      ...(orderId && { order: { orderId } }),
    },
    ({ sameBasket }) => ({ value: sameBasket }),
  )

/** The order, paid so long after noon. */
const paidAt = async (store: Store, order: Order, laterMs: number): Promise<Order> => {
  const claimed = await saved(store, paying(order, `pay_of_${order.id}`))
  return concluded(store, claimed, laterMs)
}

const concluded = (store: Store, { id, payments, ...order }: Order, laterMs: number) => {
  const at = { ...system, at: NOON + laterMs }
  const paymentId = payments[0]?.id ?? ''
  const captured = { state: 'captured' } as const
  return saved(store, conclude({ id, payments, ...order }, paymentId, captured, at).order)
}

/** The order, its payment declined and then let go. */
const letGo = async (store: Store, order: Order): Promise<Order> => {
  const claimed = await saved(store, paying(order, `pay_of_${order.id}`))
  const declined = { state: 'declined', code: 'no', detail: 'No.' } as const
  const { order: failed } = conclude(claimed, `pay_of_${order.id}`, declined, system)
  await saved(store, failed)
  return saved(store, recordEdit(failed, 'letGo', system))
}

/** What stands in the way of another order of the same basket. */
export const storeDuplicatesContract: readonly ContractCase<Store>[] = [
  {
    name: 'finds an open order of a basket, or else the last that was paid in time',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      await paidAt(store, await placed(store, anOrder('ord_1')), 1000)
      assert.equal(await twinOf(store), undefined)
      assert.equal(await twinOf(store, NOON + 1000), undefined)
      assert.equal((await twinOf(store, NOON + 999))?.id, 'ord_1')
      await paidAt(store, await placed(store, anOrder('ord_2')), 3000)
      await paidAt(store, await placed(store, anOrder('ord_3')), 2000)
      assert.equal((await twinOf(store, NOON))?.id, 'ord_2')
      assert.equal((await twinOf(store, NOON, 'ord_2'))?.id, 'ord_3')
      const open = await placed(store, anOrder('ord_4'))
      assert.deepEqual(await twinOf(store, NOON), open)
      assert.deepEqual(await twinOf(store, NOON, 'ord_1'), open)
      await placed(store, anOrder('ord_5', { mug: 2 }))
      assert.equal(await twinOf(store, NOON, 'ord_5'), undefined)
    },
  },
  {
    name: 'sees an order that is just being paid as open or as paid, and never as neither',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      for (let round = 1; round <= 20; round += 1) {
        const orderId = `ord_${String(round).padStart(2, '0')}`
        const order = await placed(store, anOrder(orderId))
        const claimed = await saved(store, paying(order, `pay_of_${orderId}`))
        const after = NOON + round - 1
        const looks = [1, 2, 3].map(() => twinOf(store, after))
        const [, ...seen] = await Promise.all([concluded(store, claimed, round), ...looks])
        for (const twin of seen) assert.equal(twin?.id, orderId, `round ${round}`)
      }
    },
  },
  {
    name: 'lets one of two customers in a hurry place and pay a basket, and the other see that',
    check: async (store) => {
      await stocked(store, { mug: 99 })
      const buy = async (id: string, paidAfter: number): Promise<boolean> => {
        const isPlaced = await store.transaction(
          { basket: { ...basket, paidAfter } },
          ({ sameBasket }) =>
            sameBasket ? { value: false } : { value: true, changes: { order: anOrder(id) } },
        )
        if (isPlaced) await paidAt(store, anOrder(id), paidAfter + 1 - NOON)
        return isPlaced
      }
      for (let round = 1; round <= 20; round += 1) {
        const buyers = ['a', 'b', 'c'].map((name) => buy(`ord_${name}${round}`, NOON + round))
        const bought = await Promise.all(buyers)
        assert.equal(bought.filter(Boolean).length, 1, `round ${round}`)
      }
    },
  },
  {
    name: 'counts no order that was let go, until anything more happens to it',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const gone = await letGo(store, await placed(store, anOrder('ord_1')))
      assert.deepEqual(await store.findOrder({ orderId: 'ord_1' }), gone)
      assert.equal(await twinOf(store, NOON), undefined)
      const second = await placed(store, anOrder('ord_2'))
      assert.equal((await twinOf(store, NOON, 'ord_1'))?.id, 'ord_2')
      await assert.rejects(saved(store, recordEdit(gone, 'modify', system)))
      await saved(store, move(second, 'cancel', system))
      await saved(store, recordEdit(gone, 'modify', system))
      assert.equal((await twinOf(store, NOON))?.id, 'ord_1')
    },
  },
  {
    name: 'lists the failed orders that still count, of one state, oldest change first',
    check: async (store) => {
      await stocked(store, { mug: 9 })
      const failedAt = async (id: string, mug: number, laterMs: number) => {
        const claimed = await saved(
          store,
          paying(await placed(store, anOrder(id, { mug })), `pay_of_${id}`),
        )
        const declined = { state: 'declined', code: 'no', detail: 'No.' } as const
        const at = { ...system, at: NOON + laterMs }
        return saved(store, conclude(claimed, `pay_of_${id}`, declined, at).order)
      }
      const listed = async (laterMs: number, limit = 9, state = 'PAYMENT_FAILED' as const) =>
        (await store.listGivenUp({ state, changedBefore: NOON + laterMs, limit })).map(
          ({ id }) => id,
        )
      await failedAt('ord_1', 1, 2000)
      const early = await failedAt('ord_2', 2, 1000)
      await placed(store, anOrder('ord_3', { mug: 3 }))
      assert.deepEqual(await listed(2000), ['ord_2'])
      assert.deepEqual(await listed(2001), ['ord_2', 'ord_1'])
      assert.deepEqual(await listed(2001, 1), ['ord_2'])
      const short = await store.listGivenUp({
        state: 'ORDER_FAILED',
        changedBefore: NOON + 9000,
        limit: 9,
      })
      assert.deepEqual(short, [])
      await saved(store, recordEdit(early, 'letGo', system))
      assert.deepEqual(await listed(2001), ['ord_1'])
    },
  },
]
