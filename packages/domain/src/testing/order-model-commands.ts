import fc from 'fast-check'
import { METHODS, type ModelMethod, ORDER_TTL_MS, STOCK } from './order-model-parts.ts'

/** Few baskets, so that orders meet. The second and the third are the same. */
const BASKETS: readonly Readonly<Record<string, number>>[] = [
  { mug: 1 },
  { mug: 1, cup: 1 },
  { cup: 1, mug: 1 },
  { cup: 2 },
  { pot: 3 },
  { mug: 2, pot: 1 },
]

const ANY = Object.keys(METHODS) as ModelMethod[]
const DECLINED: readonly ModelMethod[] = ['fake_decline', 'fake_insufficient_funds']
const SILENT: readonly ModelMethod[] = [
  'fake_slow',
  'fake_ack_lost',
  'fake_timeout',
  'fake_late_capture',
]

/** True once in so many times: a plain draw, because fast-check's integers keep to their bounds. */
const oneIn = (times: number) =>
  fc.constantFrom(...Array.from({ length: times }, (_, index) => index === times - 1))
const oneOf = <Word extends string>(...words: Word[]) => fc.constantFrom(...words)

const basket = fc.constantFrom(...BASKETS)
const sku = fc.constantFrom(...Object.keys(STOCK))
const outage = oneIn(5)
/** No key, one of its own, or that of an earlier request, counted back from the latest. */
const key = fc.oneof(
  { weight: 9, arbitrary: oneOf('none', 'fresh') },
  { weight: 1, arbitrary: fc.nat(4) },
)
/** An order whose state suits the command, unless it strays; sometimes it is somebody else who asks. */
const target = { nth: fc.nat(2), strays: oneIn(6), asStranger: oneIn(25), key }
const total = oneOf('unsaid', 'unsaid', 'unsaid', 'right', 'right', 'wrong')
const atOnce = fc.constantFrom(1, 1, 1, 1, 3)
/** Steps that are not whole seconds, and jumps past every deadline. */
const STEPS_MS = [
  1, 499, 2_000, 2_000, 2_000, 3_000, 3_000, 9_999, 60_001, 180_000, 240_000, 600_000,
]
const ms = fc.constantFrom(...STEPS_MS)

const user = oneOf('ann', 'bob')
const creation = { user, basket, allowDuplicate: oneIn(5), again: oneIn(2), key }
const create = fc.record({ do: oneOf('create'), ...creation })
/** Other lines for what is retried, now and then, or those that it has. */
const instead = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.oneof(basket, oneOf('its own')) },
)
const retryOrCancel = fc.record({
  do: oneOf('retryOrder', 'retryOrder', 'cancel'),
  ...target,
  instead,
})
const modify = fc.record({ do: oneOf('modify'), ...target, basket, outage })
const repeat = fc.record({ do: oneOf('repeat'), nth: fc.nat(4) })
const changeProduct = fc.record({ do: oneOf('add', 'set', 'price'), sku, amount: fc.nat(4) })
const advance = fc.record({ do: oneOf('advance'), ms })
/** Often so long after the step before that whatever stood still in between is over. */
const expire = fc.record({ do: oneOf('expire'), ms: fc.constantFrom(0, 1, ORDER_TTL_MS) })
const reconcile = fc.record({ do: oneOf('reconcile'), all: oneIn(3), outage: oneIn(3) })

/** How much of each kind of command a history has, in proportion. */
type Weights = Readonly<Record<'create' | 'modify' | 'pay' | 'time' | 'expiry' | 'rest', number>>

/** Histories of up to 60 commands, in which the customers pay by these methods. */
const payingBy = (methods: readonly ModelMethod[], { rest, expiry, ...weights }: Weights) => {
  const paying = { ...target, method: fc.constantFrom(...methods), total, atOnce, outage, instead }
  const pay = fc.record({ do: oneOf('pay'), ...paying })
  const command = fc.oneof(
    { weight: weights.create, arbitrary: create },
    { weight: weights.modify, arbitrary: modify },
    { weight: weights.pay, arbitrary: pay },
    { weight: weights.time, arbitrary: advance },
    { weight: weights.time, arbitrary: reconcile },
    { weight: expiry, arbitrary: expire },
    { weight: rest, arbitrary: retryOrCancel },
    { weight: rest, arbitrary: repeat },
    { weight: rest, arbitrary: changeProduct },
  )
  return fc.array(command, { minLength: 1, maxLength: 60, size: 'max' })
}

/**
 * Histories as plain data, so that a counterexample can be read. Four kinds of them, because chance alone seldom comes
 * to the corners: a bit of everything, customers who try one declined card after another, a gateway that is silent, and
 * orders that are given up.
 */
export const orderCommands = fc.oneof(
  payingBy([...ANY, 'fake_approve'], { create: 4, modify: 4, pay: 8, time: 3, expiry: 1, rest: 3 }),
  payingBy(DECLINED, { create: 3, modify: 2, pay: 16, time: 1, expiry: 1, rest: 2 }),
  payingBy(SILENT, { create: 2, modify: 4, pay: 6, time: 8, expiry: 1, rest: 1 }),
  payingBy(DECLINED, { create: 10, modify: 1, pay: 8, time: 1, expiry: 4, rest: 4 }),
)

/** One step of a history. */
export type OrderCommand =
  typeof orderCommands extends fc.Arbitrary<(infer Command)[]> ? Command : never

/** One that asks something of an order that exists. */
export type OrderRequestCommand = Extract<OrderCommand, { asStranger: boolean }>

/** One that places an order. */
export type CreateCommand = Extract<OrderCommand, { do: 'create' }>

/** One that changes a product. */
export type ProductCommand = Extract<OrderCommand, { sku: string }>

/** One that charges for an order. */
export type PayCommand = Extract<OrderCommand, { do: 'pay' }>
