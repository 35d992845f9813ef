import {
  createUseCases,
  type HeardGateway,
  type Money,
  type NewId,
  type Order,
  type OrderState,
  type Store,
  StoreUnavailable,
} from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import type { ResultAsync } from 'neverthrow'
import { linesOf, NOON, stocked } from '../src/testing/examples.ts'
import { createScriptedGateway } from './scripted-gateway.ts'

export const ann = { user: 'ann' }
export const bob = { user: 'bob' }
/** Somebody for whom everybody's orders exist. */
export const admin = { operator: 'cli' }

export const euros = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' })

/** The value of an answer that must be a success. */
export const granted = async <T, E>(answer: ResultAsync<T, E>): Promise<T> =>
  (await answer)._unsafeUnwrap()

/** The refusal, which must be of this code. */
export const refused = async <T, E extends { code: string }, C extends E['code']>(
  answer: ResultAsync<T, E>,
  code: C,
): Promise<Extract<E, { code: C }>> => {
  const error = (await answer)._unsafeUnwrapErr()
  if (error.code !== code) throw new Error(`${error.code} instead of ${code}`)
  return error as Extract<E, { code: C }>
}

/** All use cases over a memory store with so many of each product, at noon. */
export const createWorld = async (
  quantities: Readonly<Record<string, number>> = { mug: 10 },
  {
    isBound = true,
    duplicateWindowMs = 0,
    unpaidOrders = 0,
  }: Readonly<{ isBound?: boolean; duplicateWindowMs?: number; unpaidOrders?: number }> = {},
) => {
  const heard: HeardGateway[] = []
  const time = { now: NOON }
  const gateway = createScriptedGateway()
  const memory = createMemoryStore()
  if (isBound) await memory.bindGateway({ gatewayId: gateway.id, at: NOON })
  await stocked(memory, quantities)
  const database = { up: true }
  const store: Store = {
    ...memory,
    transaction: (wanted, decide) =>
      database.up
        ? memory.transaction(wanted, decide)
        : Promise.reject(new StoreUnavailable('The database is down.')),
  }
  let made = 0
  const newId: NewId = (prefix) => `${prefix}_${String(++made).padStart(4, '0')}`
  const ports = {
    ...{ store, gateway, newId, clock: { now: () => time.now } },
    onGateway: (who: HeardGateway) => heard.push(who),
    settings: {
      paymentDeadlineMs: 180_000,
      orderTtlMs: 86_400_000,
      duplicateWindowMs,
      unpaidOrders,
      idempotencyTtlMs: 86_400_000,
      defaultPaymentMethod: 'fake_approve',
    },
  }
  const useCases = createUseCases(ports)
  return {
    ...useCases,
    /** What another server with a clock of its own is made of, on the same store. */
    ports,
    store,
    time,
    gateway,
    database,
    memory,
    /** Everybody who has answered as the gateway. */
    heard,
    /** The order of ann's, or of somebody else's, that comes of so many of each product. */
    placed: (basket: Readonly<Record<string, number>>, by = ann): Promise<Order> =>
      granted(useCases.createOrder({ by, lines: linesOf(basket) })),
    /** The order as it is now. */
    stored: (orderId: string): Promise<Order> => granted(useCases.getOrder({ by: admin, orderId })),
    /** What there is of a product, and how much of it orders hold. */
    stock: async (sku: string): Promise<readonly [quantity: number, reserved: number]> => {
      const { quantity, reserved } = await granted(useCases.getProduct({ sku }))
      return [quantity, reserved]
    },
    /** An admin changes a product. */
    reprice: (sku: string, price: Money) =>
      granted(useCases.updateProduct({ by: admin, productId: `prod_${sku}`, price })),
    restock: (sku: string, quantity: number) =>
      granted(useCases.updateProduct({ by: admin, productId: `prod_${sku}`, quantity })),
  }
}

/** What `createWorld` makes. */
export type World = Awaited<ReturnType<typeof createWorld>>

/** An order of ann's for two mugs, brought into a state; one that failed wanted too many. */
export const orderIn = async (world: World, state: OrderState): Promise<Order> => {
  if (state === 'ORDER_FAILED') return world.placed({ mug: 1000 })
  const { id: orderId } = await world.placed({ mug: 2 })
  const scripts = { PAYMENT_IN_PROGRESS: 'pending', PAYMENT_FAILED: 'declined' } as const
  if (state === 'ORDER_CANCELLED') await granted(world.cancelOrder({ by: ann, orderId }))
  else if (state !== 'CREATED') {
    world.gateway.script = state === 'PAYMENT_DONE' ? 'captured' : scripts[state]
    await granted(world.payOrder({ by: ann, orderId }))
    world.gateway.script = 'captured'
  }
  return world.stored(orderId)
}

/** The order without the mark of an edit that has set about fencing its attempt: nobody is shown that. */
export const unmarked = (order: Order): Order => ({
  ...order,
  payments: order.payments.map((each) => ({ ...each, fencedUntil: null })),
})

/** An order of ann's for two of ten mugs whose charge has no answer, and what edits and pays it in one step. */
export const underWay = async (script: World['gateway']['script'] = 'silent') => {
  const world = await createWorld()
  const { id: orderId } = await world.placed({ mug: 2 })
  world.gateway.script = script
  const { payment, order } = await granted(world.payOrder({ by: ann, orderId }))
  world.gateway.script = 'captured'
  const edit = (mug: number, more: object = {}) =>
    world.retryPayment({ by: ann, orderId, lines: linesOf({ mug }), ...more })
  const calls = () => world.gateway.calls.slice(1)
  return { world, orderId, paymentId: payment.id, order, edit, calls }
}
