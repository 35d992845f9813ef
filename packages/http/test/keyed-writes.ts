import { lines, sell, type TestService } from './support.ts'

/** A request that is ready to be sent with a key, and a look at what it does: `once` is seen if it was done once. */
export type KeyedWrite = Readonly<{
  method: string
  path: string
  body?: object
  effect: () => Promise<unknown>
  once: unknown
}>

/** One kind of write, and the status that it is answered with. */
export type KeyedKind = Readonly<{
  what: string
  status: number
  ready: (api: TestService, user: string) => Promise<KeyedWrite>
}>

const placed = async ({ ask }: TestService, user: string, body: object) =>
  (await ask('POST', '/order', body, { user })).body

const ordersOf =
  ({ ask }: TestService, user: string) =>
  async () =>
    (await ask('GET', '/order?limit=100', undefined, { user })).body.items.length

/** The version, the number of payments, and what is left of the stock. */
const seenOf =
  ({ ask }: TestService, user: string, id: string, product: string) =>
  async () => {
    const { version, payments } = (await ask('GET', `/order/${id}`, undefined, { user })).body
    const { quantity, reserved } = (await ask('GET', `/product/${product}`)).body
    return [version, payments.length, quantity, reserved]
  }

/** A payment of an order of three out of ten, and what is seen once it was made. */
const paying =
  (paymentMethod: string, once: readonly number[]): KeyedKind['ready'] =>
  async (api, user) => {
    const mug = await sell(api, 10)
    const { id } = await placed(api, user, lines(mug, 3))
    const body = { orderId: id, paymentMethod }
    return { method: 'POST', path: '/payment', body, effect: seenOf(api, user, id, mug), once }
  }

/** Every kind of write, and every kind of answer that is kept. */
export const keyedKinds: readonly KeyedKind[] = [
  {
    what: 'an order that is placed',
    status: 201,
    ready: async (api, user) => {
      const body = { ...lines(await sell(api, 10)), allowDuplicate: true }
      return { method: 'POST', path: '/order', body, effect: ordersOf(api, user), once: 1 }
    },
  },
  {
    what: 'an order that is short of stock',
    status: 409,
    ready: async (api, user) => {
      const body = { ...lines(await sell(api, 0)), allowDuplicate: true }
      return { method: 'POST', path: '/order', body, effect: ordersOf(api, user), once: 1 }
    },
  },
  {
    what: 'an order that is modified',
    status: 200,
    ready: async (api, user) => {
      const mug = await sell(api, 10)
      const { id } = await placed(api, user, lines(mug, 3))
      const effect = seenOf(api, user, id, mug)
      return {
        method: 'PUT',
        path: `/order/${id}`,
        body: lines(mug, 5),
        effect,
        once: [2, 0, 10, 5],
      }
    },
  },
  {
    what: 'an order that is cancelled',
    status: 200,
    ready: async (api, user) => {
      const mug = await sell(api, 10)
      const { id } = await placed(api, user, lines(mug, 3))
      const effect = seenOf(api, user, id, mug)
      return { method: 'POST', path: `/order/cancelorder/${id}`, effect, once: [2, 0, 10, 0] }
    },
  },
  {
    what: 'an order that is tried again',
    status: 200,
    ready: async (api, user) => {
      const mug = await sell(api, 1)
      const { id } = (await placed(api, user, lines(mug, 3))).order
      await api.ask('PUT', `/product/${mug}`, { quantity: 10 }, { admin: true })
      const effect = seenOf(api, user, id, mug)
      return { method: 'POST', path: `/order/retryorder/${id}`, effect, once: [2, 0, 10, 3] }
    },
  },
  {
    what: 'an order that is tried again in vain',
    status: 409,
    ready: async (api, user) => {
      const mug = await sell(api, 1)
      const { id } = (await placed(api, user, lines(mug, 3))).order
      const effect = seenOf(api, user, id, mug)
      return { method: 'POST', path: `/order/retryorder/${id}`, effect, once: [2, 0, 1, 0] }
    },
  },
  {
    what: 'a payment that succeeds',
    status: 201,
    ready: paying('fake_approve', [3, 1, 7, 0]),
  },
  {
    what: 'a payment that is declined',
    status: 402,
    ready: paying('fake_decline', [3, 1, 10, 0]),
  },
  {
    what: 'a payment that is tried again',
    status: 201,
    ready: async (api, user) => {
      const { body, effect } = await paying('fake_decline', [])(api, user)
      await api.ask('POST', '/payment', body, { user })
      const again = { ...body, paymentMethod: 'fake_approve' }
      return { method: 'POST', path: '/retrypayment', body: again, effect, once: [5, 2, 7, 0] }
    },
  },
  {
    what: 'a product that is made',
    status: 201,
    ready: async ({ service: { useCases } }, user) => {
      const sku = `KEYED-${user}`
      const body = { sku, name: 'Keyed', price: { amountMinor: 1, currency: 'EUR' }, quantity: 3 }
      const effect = async () => {
        const { id } = (await useCases.getProduct({ sku }))._unsafeUnwrap()
        return (await useCases.listMovements(id))._unsafeUnwrap().length
      }
      return { method: 'POST', path: '/product', body, effect, once: 1 }
    },
  },
  {
    what: 'a product that is restocked',
    status: 200,
    ready: async (api) => {
      const mug = await sell(api, 10)
      const effect = async () => (await api.ask('GET', `/product/${mug}`)).body.quantity
      return {
        method: 'PUT',
        path: `/product/${mug}`,
        body: { quantityDelta: 5 },
        effect,
        once: 15,
      }
    },
  },
]
