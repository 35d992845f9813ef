import type { User } from '../rules/caller.ts'
import { isLetGo } from '../rules/duplicate-order.ts'
import type { Order, RequestedLine } from '../rules/order.ts'
import type { OrderState } from '../rules/order-lifecycle.ts'
import type { UseCases } from '../use-cases/index.ts'
import type { IdempotencyClaim } from '../use-cases/request.ts'
import { type Answer, answerOf } from './simulation-journal.ts'
import type { Deed } from './simulation-weather.ts'
import type { World } from './simulation-world.ts'

type How = Readonly<{ by: User; idempotency?: IdempotencyClaim }>

/** What somebody asks of the service; `body` tells it from other requests. */
type Wish = Readonly<{
  user: string
  useCase: keyof UseCases
  body: string
  send: (useCases: UseCases, how: How) => Promise<Answer>
}>

/** A wish with or without a key, which can be sent again. */
export type Request = Wish & Readonly<{ key: string | undefined }>

/** What is for sale, and how much of it: few products and little of them, so that orders meet. */
export const STOCK: Readonly<Record<string, number>> = { mug: 5, cup: 4, pot: 3 }

/** The second and the third are the same. */
const BASKETS: readonly Readonly<Record<string, number>>[] = [
  { mug: 1 },
  { mug: 1, cup: 1 },
  { cup: 1, mug: 1 },
  { cup: 2 },
  { pot: 2 },
  { mug: 2, pot: 1 },
]

/** The states in which a deed can succeed. */
const SUITABLE: Readonly<Partial<Record<Deed, readonly OrderState[]>>> = {
  pay: ['CREATED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED'],
  modify: ['CREATED', 'PAYMENT_IN_PROGRESS', 'PAYMENT_FAILED'],
  cancel: ['CREATED', 'PAYMENT_IN_PROGRESS'],
  retryOrder: ['ORDER_FAILED'],
}

/** What somebody asks next: something new, or what was asked before with the same key. */
export const requestFor = (world: World, deed: Deed): Request => {
  const { random, requests } = world
  const earlier = requests.filter(({ key }) => key !== undefined)
  if (deed === 'repeat' && earlier.length > 0) {
    const known = random.pick(earlier)
    // Now and then somebody uses a key of theirs for something else.
    return random.chance(0.8) ? known : { ...random.pick(requests), ...idOf(known) }
  }
  const key = random.chance(0.75) ? world.newId('key') : undefined
  const request = { ...wishFor(world, deed), key }
  requests.push(request)
  return request
}

const idOf = ({ user, key }: Request) => ({ user, key })

/** Most wishes suit the order that they are about; a few do not. */
const wishFor = (world: World, deed: Deed): Wish => {
  const { random, seen } = world
  if (deed === 'stock' || deed === 'price') return supply(world, deed)
  const suitable = seen.orders.filter(({ state }) => SUITABLE[deed]?.includes(state))
  const candidates = random.chance(0.1) || suitable.length === 0 ? seen.orders : suitable
  if (deed === 'create' || candidates.length === 0) return creation(world)
  const order = random.pick(candidates)
  if (deed === 'pay' || deed === 'repeat') return payment(world, order)
  const { id: orderId, userId: user } = order
  const body = `${deed} ${orderId}`
  if (deed === 'modify') return modification(world, order)
  if (deed === 'cancel') {
    return {
      ...{ user, body, useCase: 'cancelOrder' },
      send: async ({ cancelOrder }, how) => answerOf(await cancelOrder({ ...how, orderId })),
    }
  }
  const lines = random.chance(0.4) ? basket(world) : undefined
  return {
    ...{ user, body: `${body} ${lines ? textOf(lines) : ''}`, useCase: 'retryOrder' },
    send: async ({ retryOrder }, how) => answerOf(await retryOrder({ ...how, orderId, lines })),
  }
}

/** Something new, or once more what was let go. */
const creation = (world: World): Wish => {
  const { random, seen, weather } = world
  const given = seen.orders.filter(isLetGo)
  const again = given.length > 0 && random.chance(0.5) ? random.pick(given) : undefined
  const lines =
    again?.lines.map(({ productId, quantity }) => ({ productId, quantity })) ?? basket(world)
  const allowDuplicate = random.chance(0.2)
  const isReferred = weather.references > 0 && random.chance(weather.references)
  const clientReference = isReferred ? `C-${random.whole(1, 3)}` : undefined
  return {
    user: again?.userId ?? random.pick(['ann', 'bob']),
    useCase: 'createOrder',
    body: `create ${textOf(lines)}${allowDuplicate ? ', again if need be' : ''} ${clientReference ?? ''}`,
    send: async ({ createOrder }, how) =>
      answerOf(await createOrder({ ...how, lines, allowDuplicate, clientReference })),
  }
}

/**
 * Pays or retries, whichever the order's state asks for, with few exceptions; both will do while it is being paid. Some who
 * retry want other things by then.
 */
const payment = (world: World, order: Order): Wish => {
  const { random, weather } = world
  const { id: orderId, userId: user, total, state } = order
  const isOdd = random.chance(state === 'PAYMENT_IN_PROGRESS' ? 0.5 : 0.1)
  const isRetry = (state === 'PAYMENT_FAILED') !== isOdd
  const paymentMethod = random.weighted(weather.method)
  const wrong = { ...total, amountMinor: total.amountMinor + 1 }
  const expectedTotal = random.pick([undefined, undefined, undefined, total, total, wrong])
  const lines = isRetry && random.chance(0.3) ? basket(world) : undefined
  const request = { orderId, paymentMethod, ...(lines ? { lines } : { expectedTotal }) }
  const useCase = isRetry ? 'retryPayment' : 'payOrder'
  return {
    ...{ user, useCase },
    body: `${useCase} ${orderId} ${paymentMethod} ${lines ? textOf(lines) : (expectedTotal?.amountMinor ?? '')}`,
    send: async (useCases, how) => answerOf(await useCases[useCase]({ ...how, ...request })),
  }
}

const modification = (world: World, order: Order): Wish => {
  const { id: orderId, userId: user, version } = order
  const lines = basket(world)
  const expectedVersions = world.random.chance(0.2) ? [version] : undefined
  return {
    ...{ user, useCase: 'modifyOrder' },
    body: `modify ${orderId} ${textOf(lines)} ${expectedVersions ?? ''}`,
    send: async ({ modifyOrder }, how) =>
      answerOf(await modifyOrder({ ...how, orderId, lines, expectedVersions })),
  }
}

/** An admin restocks, takes away or sets another price. */
const supply = ({ random, seen }: World, deed: 'stock' | 'price'): Wish => {
  const { product } = random.pick(seen.products)
  const change =
    deed === 'stock'
      ? { quantityDelta: random.whole(-3, 4) }
      : { price: { ...product.price, amountMinor: random.whole(90, 110) } }
  return {
    ...{ user: 'admin', useCase: 'updateProduct' },
    body: `${product.sku} ${JSON.stringify(change)}`,
    send: async ({ updateProduct }, how) =>
      answerOf(await updateProduct({ ...how, productId: product.id, ...change })),
  }
}

const basket = ({ random, seen }: World): readonly RequestedLine[] => {
  const ids = new Map(seen.products.map(({ product: { sku, id } }) => [sku, id]))
  return Object.entries(random.pick(BASKETS)).map(([sku, quantity]) => ({
    productId: ids.get(sku) ?? '',
    quantity,
  }))
}

const textOf = (lines: readonly RequestedLine[]): string =>
  lines.map(({ productId, quantity }) => `${quantity} ${productId}`).join(' + ')
