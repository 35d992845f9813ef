import type { Page } from '../ports/pages.ts'
import type { Changes, Found, IdempotencyRecord, Store } from '../ports/store.ts'
import { whileDeciding } from '../ports/transaction-guard.ts'
import type { Order } from '../rules/order.ts'
import { isGivenUp } from '../rules/order-expiry.ts'
import type { Product } from '../rules/product.ts'
import type { StockMovement } from '../rules/reservation.ts'
import { checkOrder, moveStock, refuse } from './memory-constraints.ts'
import { findOrder, oldestFirst, read, recordName } from './memory-reads.ts'
import { summarise } from './memory-summary.ts'
import { createMemoryWork } from './memory-work.ts'

/** All that a memory store holds. Values are immutable, so that a copy of the maps is a copy of everything. */
export type Contents = Readonly<{
  orders: Map<string, Order>
  products: Map<string, Product>
  movements: StockMovement[]
  records: Map<string, IdempotencyRecord>
  /** The gateway that is believed. */
  boundGateway?: string | undefined
}>

/**
 * A store in memory: the reference for what a store has to do, and a fast one for tests. It runs every decision twice
 * and uses the second answer, because a decision must not mind.
 */
export const createMemoryStore = (): Store => {
  let contents: Contents = {
    orders: new Map(),
    products: new Map(),
    movements: [],
    records: new Map(),
  }
  const orders = () => [...contents.orders.values()].toSorted(newestFirst)
  const { endLeases, forgetNotifications, ...work } = createMemoryWork(() => contents.orders)

  return {
    transaction: async (wanted, decide) => {
      await undefined // Like a database, it never answers at once.
      const found = read(contents, wanted)
      whileDeciding(() => decide(found))
      const { value, changes } = whileDeciding(() => decide(found))
      if (changes) contents = apply(contents, found, changes)
      if (changes?.order) endLeases(found.order, changes.order)
      return value
    },
    findOrder: async (ref) => findOrder(contents, ref),
    listOrders: async ({ userId, state, clientReference, ...page }) =>
      pageOf(
        orders()
          .filter((order) => userId === undefined || order.userId === userId)
          .filter((order) => state === undefined || order.state === state)
          .filter(
            (order) => clientReference === undefined || order.clientReference === clientReference,
          ),
        page,
      ),
    findProduct: async (ref) =>
      'id' in ref
        ? contents.products.get(ref.id)
        : [...contents.products.values()].find(({ sku }) => sku === ref.sku),
    listProducts: async (page) =>
      pageOf([...contents.products.values()].toSorted(newestFirst), page),
    listMovements: async (productId) =>
      contents.movements.filter((movement) => movement.productId === productId),
    listUnpaid: async ({ createdBefore, after, limit }) => {
      const last = after === undefined ? undefined : contents.orders.get(after)
      return orders()
        .toSorted(oldestFirst('createdAt'))
        .filter(({ state, createdAt }) => state === 'CREATED' && createdAt < createdBefore)
        .filter((order) => !last || oldestFirst('createdAt')(order, last) > 0)
        .slice(0, limit)
    },
    listGivenUp: async ({ state, changedBefore, limit }) =>
      orders()
        .filter((order) => order.state === state && isGivenUp(order, 1, changedBefore))
        .toSorted(oldestFirst('updatedAt'))
        .slice(0, limit),
    ...work,
    forgetKeys: async (before) => {
      forgetNotifications(before)
      const old = [...contents.records].filter(
        ([, { outcome, createdAt }]) => outcome !== null && createdAt < before,
      )
      for (const [name] of old) contents.records.delete(name)
      return old.length
    },
    boundGateway: async () => contents.boundGateway,
    bindGateway: async ({ gatewayId, insteadOf }) => {
      const isFree = [undefined, insteadOf].includes(contents.boundGateway)
      if (isFree) contents = { ...contents, boundGateway: gatewayId }
      return contents.boundGateway ?? gatewayId
    },
    summary: async (now) => summarise(orders(), now),
    ping: async () => undefined,
    proveWritable: async () => undefined,
  }
}

/** The contents after the changes. Throws where they break a constraint; the contents before are untouched. */
const apply = (contents: Contents, found: Found, changes: Changes): Contents => {
  const after: Contents = {
    orders: new Map(contents.orders),
    products: new Map(contents.products),
    movements: [...contents.movements, ...(changes.movements ?? [])],
    records: new Map(contents.records),
    boundGateway: contents.boundGateway,
  }
  const { order, product, movements = [], record, concluded } = changes
  if (order) {
    checkOrder(contents, found.order, order)
    after.orders.set(order.id, order)
  }
  if (product) {
    const twin = [...after.products.values()].find(({ sku }) => sku === product.sku)
    refuse(twin !== undefined && twin.id !== product.id, 'a product code is unique')
    const before = found.products.get(product.id)
    const known = contents.products.get(product.id)
    refuse(known?.version !== before?.version, 'a product is only written after it was read')
    const { quantity, reserved } = after.products.get(product.id) ?? { quantity: 0, reserved: 0 }
    after.products.set(product.id, { ...product, quantity, reserved })
  }
  for (const movement of movements) moveStock(after, movement)
  if (record && !found.record) after.records.set(recordName(record), record)
  for (const [name, waiting] of after.records) {
    if (concluded && waiting.paymentId === concluded.paymentId && waiting.outcome === null) {
      after.records.set(name, { ...waiting, outcome: concluded.outcome })
    }
  }
  return after
}

const newestFirst = (a: Readonly<{ id: string }>, b: Readonly<{ id: string }>): number =>
  a.id < b.id ? 1 : -1

const pageOf = <T extends Readonly<{ id: string }>>(
  items: readonly T[],
  { limit, after }: Page,
): readonly T[] => items.filter(({ id }) => after === undefined || id < after).slice(0, limit)
