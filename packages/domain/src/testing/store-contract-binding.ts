import { strict as assert } from 'node:assert'
import type { Store } from '../ports/store.ts'
import type { ContractCase } from './contract.ts'
import { NOON, stocked } from './examples.ts'

const bind = (store: Store, gatewayId: string, insteadOf?: string): Promise<string> =>
  store.bindGateway({ gatewayId, insteadOf, at: NOON })

/** Whom a database believes. */
export const storeBindingContract: readonly ContractCase<Store>[] = [
  {
    name: 'is bound to no gateway at first, then to the one that it was bound to first',
    check: async (store) => {
      assert.equal(await store.boundGateway(), undefined)
      assert.equal(await bind(store, 'gw_1'), 'gw_1')
      assert.equal(await store.boundGateway(), 'gw_1')
      assert.equal(await bind(store, 'gw_2'), 'gw_1')
      assert.equal(await bind(store, 'gw_1'), 'gw_1')
      assert.equal(await store.boundGateway(), 'gw_1')
    },
  },
  {
    name: 'is bound to one of two gateways that race for it, and both hear which',
    check: async (store) => {
      const [first, second] = await Promise.all([bind(store, 'gw_1'), bind(store, 'gw_2')])
      assert.equal(first, second)
      assert.equal(await store.boundGateway(), first)
    },
  },
  {
    name: 'is bound to another gateway only in the place of the one that it is bound to',
    check: async (store) => {
      assert.equal(await bind(store, 'gw_1'), 'gw_1')
      assert.equal(await bind(store, 'gw_3', 'gw_2'), 'gw_1')
      assert.equal(await bind(store, 'gw_2', 'gw_1'), 'gw_2')
      assert.equal(await bind(store, 'gw_3', 'gw_1'), 'gw_2')
      assert.equal(await store.boundGateway(), 'gw_2')
    },
  },
  {
    name: 'shows a transaction which gateway it is bound to, if it wants to see that',
    check: async (store) => {
      const seen = (wanted: { boundGateway?: true }) =>
        store.transaction(wanted, ({ boundGateway }) => ({ value: boundGateway }))
      assert.equal(await seen({ boundGateway: true }), undefined)
      await bind(store, 'gw_1')
      await stocked(store, { mug: 1 }) // Whatever else is written leaves it as it is.
      assert.equal(await seen({ boundGateway: true }), 'gw_1')
      assert.equal(await seen({}), undefined)
    },
  },
]
