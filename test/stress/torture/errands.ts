import type { Sent } from '../client.ts'
import type { Intent, Kind } from '../journal.ts'
import { type Scene, tell } from '../load.ts'
import type { Random } from '../random.ts'

/** What a customer does next, with an order of one product. */
type Step = (
  on: Readonly<{ productId: string; orderId: string }>,
) => Readonly<{ kind: Kind }> & Pick<Sent, 'method' | 'path' | 'admin' | 'body'>

const linesOf = (productId: string, quantity: number) => [{ productId, quantity }]

const restock: Step = ({ productId }) => ({
  ...{ kind: 'restock', method: 'PUT', path: `/product/${productId}`, admin: true },
  body: { quantityDelta: 4 },
})

const create =
  (quantity: number): Step =>
  ({ productId }) => ({
    ...{ kind: 'create', method: 'POST', path: '/order' },
    body: { lines: linesOf(productId, quantity) },
  })

const pay =
  (paymentMethod: string): Step =>
  ({ orderId }) => ({
    ...{ kind: 'pay', method: 'POST', path: '/payment' },
    body: { orderId, paymentMethod },
  })

const modify: Step = ({ productId, orderId }) => ({
  ...{ kind: 'modify', method: 'PUT', path: `/order/${orderId}` },
  body: { lines: linesOf(productId, 2) },
})

const editAndPay: Step = ({ productId, orderId }) => ({
  ...{ kind: 'retryPayment', method: 'POST', path: '/retrypayment' },
  body: { orderId, paymentMethod: 'fake_approve', lines: linesOf(productId, 2) },
})

const retryOrder: Step = ({ productId, orderId }) => ({
  ...{ kind: 'retryOrder', method: 'POST', path: `/order/retryorder/${orderId}` },
  body: { lines: linesOf(productId, 1) },
})

const cancel: Step = ({ orderId }) => ({
  ...{ kind: 'cancel', method: 'POST', path: `/order/cancelorder/${orderId}` },
})

/** An order that stock can meet, and one that it never can. */
const ORDERED = [restock, create(1)]
const SHORT = [create(100_000)]

/** What leads to points that the load seldom gets to by itself, by the end of their names. The first that fits counts. */
const ERRANDS: readonly Readonly<{ to: RegExp; steps: readonly Step[] }>[] = [
  { to: /:retryOrder$/, steps: [...SHORT, retryOrder] },
  { to: /:letGo$/, steps: SHORT },
  { to: /:expire$/, steps: ORDERED },
  { to: /:cancel$/, steps: [...ORDERED, cancel] },
  { to: /:modify\+retryPayment$/, steps: [...ORDERED, pay('fake_decline'), editAndPay] },
  {
    to: /:paymentFailed\+modify\+retryPayment$/,
    steps: [...ORDERED, pay('fake_timeout'), editAndPay],
  },
  { to: /:paymentFailed\+modify$|-void$/, steps: [...ORDERED, pay('fake_timeout'), modify] },
  { to: /:\w+Refunds?$|-refund$/, steps: [...ORDERED, pay('fake_refund_refused'), modify] },
  { to: /:acceptNotification$/, steps: [...ORDERED, pay('fake_slow')] },
]

/** The steps that lead to a crash point; undefined if the load gets there soon enough. */
export const errandTo = (point: string): readonly Step[] | undefined =>
  ERRANDS.find(({ to }) => to.test(point))?.steps

let made = 0

/**
 * Does what leads a server to a crash point again and again, each time as a customer of its own, until the signal is given.
 * What is answered is written down like everything else.
 */
export const bringAbout = async (
  scene: Scene,
  random: Random,
  url: string,
  point: string,
  signal: AbortSignal,
): Promise<void> => {
  const steps = errandTo(point)
  const there: Scene = {
    ...scene,
    /** One that stands still is asked no more. */
    get urls() {
      return scene.urls.includes(url) ? [url] : scene.urls
    },
  }
  while (steps && !signal.aborted) await runErrand(there, random, steps, signal)
}

const runErrand = async (
  scene: Scene,
  random: Random,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<void> => {
  made += 1
  const name = `errand-${made}`
  const productId = random.pick(scene.products)
  let orderId = ''
  for (const [number, step] of steps.entries()) {
    const { kind, ...request } = step({ productId, orderId })
    const isOfOrder = kind !== 'create' && kind !== 'restock'
    if (signal.aborted || (isOfOrder && orderId === '')) return
    const sent = { ...request, userId: name, key: `${name}-${number}` }
    const about = isOfOrder ? orderId : undefined
    const intent: Intent = { kind, sent, orderId: about, heard: [], lost: 0 }
    scene.journal.intents.push(intent)
    await tell(scene, random, intent)
    if (kind === 'create') orderId = intent.heard.at(-1)?.subject ?? ''
  }
}
