import {
  type ChargeRequest,
  createUseCases,
  type GatewayOutcome,
  type Money,
  type NewId,
  type Order,
  type OrderState,
  type OutcomeUnknown,
  type PaymentGateway,
  refuseInsideTransaction,
  type StillPending,
  type Store,
  StoreUnavailable,
} from '@holdfast/domain'
import { createMemoryStore } from '@holdfast/domain/testing'
import { err, ok, type Result, ResultAsync } from 'neverthrow'
import { linesOf, NOON, stocked } from '../src/testing/examples.ts'

export const ann = { actor: 'ann', userId: 'ann' }
export const bob = { actor: 'bob', userId: 'bob' }
/** Somebody for whom everybody's orders exist. */
export const admin = { actor: 'cli' }

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

/**
 * What a new charge meets: `captured`, `declined` and `pending` are booked and answered; `lost` is
 * captured without an answer; `silent` never reaches the books and has no answer.
 */
export type Script = 'captured' | 'declined' | 'pending' | 'lost' | 'silent'

/** A gateway that does as the test says, and keeps its own books. */
export type ScriptedGateway = PaymentGateway & {
  script: Script
  /** While false nothing arrives, and nothing is answered. */
  reachable: boolean
  /** Run once each: before the next request arrives, and before its answer does. */
  onTheWayThere: (() => Promise<unknown>) | undefined
  onTheWayBack: (() => Promise<unknown>) | undefined
  /** Every call that was made, such as `charge pay_0002`. */
  readonly calls: string[]
  /** Every charge that was asked for. */
  readonly charges: ChargeRequest[]
  /** The key of every capture, in the order in which the money moved. */
  readonly captures: string[]
  /** A charge that took its time ends now, unless its key has ended already. */
  decide(key: string, state: 'captured' | 'declined'): void
}

const SILENCE: OutcomeUnknown = { code: 'outcome_unknown', detail: 'No answer.' }
const declined = { state: 'declined', code: 'card_declined', detail: 'No.' } as const
const captured = { state: 'captured' } as const
const outcomes = { captured, declined, pending: { state: 'pending' }, lost: captured } as const

/** One key, one charge, whatever the script says when the key comes again. */
export const createScriptedGateway = (): ScriptedGateway => {
  const books = new Map<string, GatewayOutcome | StillPending>()
  const call = <T>(name: string, deed: () => Result<T, OutcomeUnknown>) => {
    refuseInsideTransaction()
    gateway.calls.push(name)
    const travel = async (): Promise<Result<T, OutcomeUnknown>> => {
      await once('onTheWayThere')
      const answer = gateway.reachable ? deed() : err(SILENCE)
      await once('onTheWayBack')
      return answer
    }
    return new ResultAsync(travel())
  }
  const once = async (name: 'onTheWayThere' | 'onTheWayBack') => {
    const run = gateway[name]
    gateway[name] = undefined
    await run?.()
  }
  const book = (key: string, outcome: GatewayOutcome | StillPending) => {
    if (outcome.state === 'captured') gateway.captures.push(key)
    books.set(key, outcome)
    return outcome
  }
  const ended = (key: string): GatewayOutcome | undefined => {
    const booked = books.get(key)
    return booked?.state === 'pending' ? undefined : booked
  }
  const gateway: ScriptedGateway = {
    script: 'captured',
    reachable: true,
    onTheWayThere: undefined,
    onTheWayBack: undefined,
    calls: [],
    charges: [],
    captures: [],
    decide: (key, state) => {
      if (!ended(key)) book(key, outcomes[state])
    },
    isAvailable: () => true,
    charge: (request) =>
      call(`charge ${request.idempotencyKey}`, () => {
        gateway.charges.push(request)
        const key = request.idempotencyKey
        const known = books.get(key)
        if (known) return ok(known)
        const { script } = gateway
        if (script === 'silent') return err(SILENCE)
        const booked = book(key, outcomes[script])
        return script === 'lost' ? err(SILENCE) : ok(booked)
      }),
    lookup: (key) => call(`lookup ${key}`, () => ok(books.get(key))),
    void: (key) =>
      call(`void ${key}`, () => {
        if (!ended(key)) book(key, { state: 'voided' })
        return ok(ended(key) ?? { state: 'voided' })
      }),
    refund: ({ idempotencyKey: key }) =>
      call(`refund ${key}`, () =>
        ended(key)?.state === 'captured' ? ok({ state: 'refunded' } as const) : err(SILENCE),
      ),
  }
  return gateway
}

/** All use cases over a memory store with so many of each product, at noon. */
export const createWorld = async (quantities: Readonly<Record<string, number>> = { mug: 10 }) => {
  const time = { now: NOON }
  const gateway = createScriptedGateway()
  const memory = createMemoryStore()
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
  const useCases = createUseCases({
    store,
    gateway,
    clock: { now: () => time.now },
    newId,
    settings: {
      paymentDeadlineMs: 180_000,
      idempotencyTtlMs: 86_400_000,
      defaultPaymentMethod: 'fake_approve',
    },
  })
  return {
    ...useCases,
    time,
    gateway,
    database,
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
  const scripts = { PAYMENT_IN_PROGRESS: 'silent', PAYMENT_FAILED: 'declined' } as const
  if (state === 'ORDER_CANCELLED') await granted(world.cancelOrder({ by: ann, orderId }))
  else if (state !== 'CREATED') {
    world.gateway.script = state === 'PAYMENT_DONE' ? 'captured' : scripts[state]
    await granted(world.payOrder({ by: ann, orderId }))
    world.gateway.script = 'captured'
  }
  return world.stored(orderId)
}
