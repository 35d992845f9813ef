import { setTimeout as sleep } from 'node:timers/promises'
import { send } from './client.ts'
import type { Intent, Journal, Kind } from './journal.ts'
import type { Random } from './random.ts'

/** What the clients share. */
export type Scene = Readonly<{
  urls: readonly string[]
  products: readonly string[]
  /** The payment methods, by how often each is used, if not `METHODS`. */
  methods?: Readonly<Record<string, number>>
  journal: Journal
  /** The orders that were made last, for other clients to meet on. */
  recent: { id: string; userId: string }[]
  /** Whether a server may be down, or was a moment ago. */
  mayBeDown: () => boolean
  isOver: () => boolean
}>

/** How often what is done; none of it in proportion to real life, all of it often. */
const MIX: Readonly<Record<Kind, number>> = {
  create: 26,
  pay: 26,
  retryPayment: 12,
  modify: 12,
  cancel: 5,
  retryOrder: 5,
  restock: 4,
  read: 10,
}

/** Every fault of the gateway that is over within seconds. */
export const METHODS: Readonly<Record<string, number>> = {
  fake_approve: 40,
  fake_decline: 15,
  fake_ack_lost: 12,
  fake_timeout: 10,
  fake_slow: 10,
  fake_unavailable: 4,
  fake_garbage: 4,
}

/** So many tries outlast a restart. */
const MOST_TRIES = 60

let made = 0

/** One customer after the other, on one connection at a time, until the load is over. */
export const runClient = async (scene: Scene, random: Random): Promise<void> => {
  while (!scene.isOver()) {
    const intent = nextIntent(scene, random)
    if (intent.kind !== 'read') scene.journal.intents.push(intent)
    const twice = intent.sent.key !== undefined && random.chance(0.1)
    await Promise.all([tell(scene, random, intent), twice && tell(scene, random, intent)])
    if (intent.sent.key !== undefined && random.chance(0.1)) await tell(scene, random, intent)
    const order = intent.kind === 'create' ? intent.heard.at(-1) : undefined
    if (order?.subject) {
      scene.recent.push({ id: order.subject, userId: intent.sent.userId })
      if (scene.recent.length > 60) scene.recent.shift()
    }
  }
}

/** Sends a request until it is answered; without a key only as long as nothing can have happened. */
export const tell = async (scene: Scene, random: Random, intent: Intent): Promise<void> => {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const wasDown = scene.mayBeDown()
    const answer = await send(random.pick(scene.urls), intent.sent)
    scene.journal.write(intent, answer, wasDown || scene.mayBeDown())
    const again = 'none' in answer || answer.status === 503
    const safe = intent.sent.key !== undefined || ('none' in answer && answer.none === 'refused')
    if (!again || !safe) return
    await sleep(50)
  }
}

const nextIntent = (scene: Scene, random: Random): Intent => {
  made += 1
  const kind = scene.recent.length === 0 ? 'create' : random.weighted(MIX)
  const key = kind !== 'read' && random.chance(0.6) ? `key-${made}` : undefined
  const order = kind === 'create' || kind === 'restock' ? undefined : random.pick(scene.recent)
  const userId =
    order?.userId ?? (random.chance(0.25) ? `shared-${random.whole(1, 4)}` : `user-${made}`)
  const sent = { userId, ...(key && { key }), ...requestOf(kind, scene, random, order?.id ?? '') }
  return { kind, sent, orderId: order?.id, heard: [], lost: 0 }
}

const requestOf = (
  kind: Kind,
  { products, methods = METHODS }: Scene,
  random: Random,
  orderId: string,
) => {
  const lines = () =>
    random
      .shuffle(products)
      .slice(0, random.whole(1, 3))
      .map((productId) => ({ productId, quantity: random.whole(1, 3) }))
  const post = (path: string, body?: unknown) => ({ method: 'POST', path, body }) as const
  const payment = () => ({
    orderId,
    ...(random.chance(0.9) && { paymentMethod: random.weighted(methods) }),
    ...(random.chance(0.03) && { expectedTotal: { amountMinor: 1, currency: 'EUR' } }),
  })
  const requests = {
    create: () => {
      const basket = random.chance(0.1)
        ? [{ productId: products[0], quantity: random.whole(1, 3) }]
        : lines()
      return post('/order', { lines: basket, ...(random.chance(0.1) && { allowDuplicate: true }) })
    },
    pay: () => post('/payment', payment()),
    retryPayment: () =>
      post('/retrypayment', { ...payment(), ...(random.chance(0.3) && { lines: lines() }) }),
    modify: () => ({
      method: 'PUT' as const,
      path: `/order/${orderId}`,
      body: { lines: lines() },
      ...(random.chance(0.3) && { ifMatch: `"${random.whole(1, 4)}"` }),
    }),
    cancel: () => post(`/order/cancelorder/${orderId}`),
    retryOrder: () =>
      post(`/order/retryorder/${orderId}`, random.chance(0.3) ? { lines: lines() } : undefined),
    restock: () => ({
      method: 'PUT' as const,
      path: `/product/${random.pick(products)}`,
      userId: `admin-${made}`,
      admin: true,
      body: { quantityDelta: random.chance(0.2) ? -random.whole(1, 20) : random.whole(1, 30) },
    }),
    read: () => ({
      method: 'GET' as const,
      path: random.pick([`/order/${orderId}`, '/order?limit=5', '/product', '/healthz']),
    }),
  }
  return requests[kind]()
}
